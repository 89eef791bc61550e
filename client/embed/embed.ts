/** `/embed.js`: registers `<parley-room>` on any page, of any origin. */
import { ParleyRoomElement } from './ParleyRoomElement.ts';

export { ParleyRoomElement as ParleyRoom } from './ParleyRoomElement.ts';

// A page may load the script twice.
if (!customElements.get('parley-room')) customElements.define('parley-room', ParleyRoomElement);
