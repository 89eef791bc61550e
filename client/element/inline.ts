import './define.ts';
import { ParleyRoom } from './ParleyRoom.ts';

/** The whole room under a name of its own, for pages where `<parley-room>` is the small element around it. */
export class InlineRoom extends ParleyRoom {}

export const INLINE_ROOM = 'parley-inline-room';

if (!customElements.get(INLINE_ROOM)) customElements.define(INLINE_ROOM, InlineRoom);

declare global {
  interface HTMLElementTagNameMap {
    'parley-inline-room': InlineRoom;
  }
}
