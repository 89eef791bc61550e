import type { PeerCloseReason } from '../../src/protocol/models.ts';
import type { RoomState } from './publicTypes.ts';
import { roomChanges, type RoomChange } from './roomChanges.ts';
import { initialRoom } from './initialRoom.ts';
import type { RoomModel } from './roomModel.ts';
import { reduceRoom, type RoomAction } from './roomState.ts';

/** Holds the one model of a room, and tells what changed. */
export class RoomStore {
  #model: RoomModel;
  readonly #tell: (change: RoomChange) => void;

  constructor(room: string, tell: (change: RoomChange) => void) {
    this.#model = initialRoom(room);
    this.#tell = tell;
  }

  get model(): RoomModel {
    return this.#model;
  }

  get state(): RoomState {
    return this.#model.view;
  }

  dispatch(action: RoomAction): void {
    const previous = this.#model.view;
    this.#model = reduceRoom(this.#model, action);
    for (const change of roomChanges(previous, this.#model.view, leftReason(action))) this.#tell(change);
  }
}

function leftReason(action: RoomAction): PeerCloseReason | undefined {
  if (action.type === 'peerLeft') return action.reason;
  return action.type === 'entered' ? action.missing : undefined;
}
