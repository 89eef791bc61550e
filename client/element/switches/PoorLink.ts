import type { RoomState } from '../../lib/publicTypes.ts';
import { WEAK } from '../stage/tileLook.ts';

/** ms for which the connection must be poor before anything is offered. */
const HOLD = 12_000;

/**
 * Whether the connection has been too poor for speech for a while, so that it might help to leave pictures out.
 *
 * Poor is less than weak: a connection that merely does not carry every picture in full has `WEAK`.
 */
export class PoorLink {
  readonly #changed: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #holds = false;
  #declined = false;

  /** @param changed Called when it has been poor for long enough. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** It is to be offered. */
  get offers(): boolean {
    return this.#holds && !this.#declined;
  }

  /** Takes note of the room as it is; null: there is none. */
  look(state: RoomState | null): void {
    if (state === null || !isPoor(state)) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#holds = false;
    } else {
      this.#timer ??= setTimeout(() => {
        this.#holds = true;
        if (!this.#declined) this.#changed();
      }, HOLD);
    }
  }

  /** The person does not want it, in this stay. */
  decline(): void {
    this.#declined = true;
  }

  /** Idempotent. */
  close(): void {
    this.look(null);
  }
}

function isPoor({ status, peers }: RoomState): boolean {
  const quality = peers.find(({ isLocal }) => isLocal)?.connectionQuality ?? null;
  const hasPictures = peers.some(({ publications }) =>
    publications.some(({ kind, paused }) => kind === 'video' && !paused),
  );
  return status === 'connected' && hasPictures && quality !== null && quality < WEAK;
}
