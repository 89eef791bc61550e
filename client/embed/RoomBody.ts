import type { RoomFollower, RoomSetup, SetupChange } from '../element/embedding/contract.ts';

/** What `<parley-room>` has inside: the room itself, or a frame with it. */
export interface RoomBody {
  change: (change: SetupChange) => void;
  /** @throws ParleyError */
  command: (name: string, args: readonly unknown[]) => Promise<void>;
  /** Leaves, and lets go of everything. Idempotent. */
  close: () => void;
}

/** What a body needs of the element around it. */
export interface BodyOwner extends RoomFollower {
  /** Where the body goes. */
  readonly place: ShadowRoot;
  /** Origin of the server. */
  readonly server: string;
  setup: () => RoomSetup;
  /** @throws ParleyError */
  token: (room: string) => Promise<string>;
  /** The body does not come. */
  failed: (error: Error) => void;
}
