import { isRoomName } from '../protocol/roomName.ts';
import { badRequest } from '../support/errors.ts';

/** @throws ParleyError `badRequest` for what cannot be a room's name. */
export function assertRoomName(name: string): void {
  if (!isRoomName(name)) throw badRequest('that is no name of a room');
}
