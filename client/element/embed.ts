/** `/embed.js`: registers `<parley-room>` on any page, of any origin. */
import './define.ts';

export { ParleyRoom } from './ParleyRoom.ts';
