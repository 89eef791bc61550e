import { connect } from '../lib/connect.ts';
import type { ClientEnvironment } from '../lib/ClientEnvironment.ts';
import type { ConnectionStatus, ConnectOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { toError } from '../lib/toError.ts';

/**
 * Where the way into a room stands: `outside` before it begins, `failed` when it ended before the room was reached, and
 * otherwise as the room's own status.
 */
export type EntryStatus = 'outside' | 'failed' | ConnectionStatus;

/** What is known of a way into a room; a new object after every change. */
export interface EntryState {
  readonly status: EntryStatus;
  /** From the first `connected` on, and also once it is closed. */
  readonly room: RoomClient | null;
  /** Why it failed: what `connect()` rejected with. */
  readonly error: Error | null;
}

/** Of whoever does not want to be in a room. */
export const OUTSIDE: EntryState = Object.freeze({ status: 'outside', room: null, error: null });

/** One way into a room, and the stay in it, for as long as a part of a page is there. */
export class RoomEntry {
  readonly #options: () => ConnectOptions;
  readonly #environment: ClientEnvironment | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #state: EntryState = OUTSIDE;
  #unlisten: (() => void) | undefined;

  /** @param options Those of the present; callbacks among them are looked up when they are called. */
  constructor(options: () => ConnectOptions, environment?: ClientEnvironment) {
    this.#options = options;
    this.#environment = environment;
  }

  get state(): EntryState {
    return this.#state;
  }

  /** Calls the listener after every change of `state`, until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Begins. Once only. */
  open(): void {
    if (this.#state !== OUTSIDE || this.#isOver()) return;
    this.#become({ status: 'connecting', room: null, error: null });
    void this.#enter();
  }

  /** Gives the way in up, or leaves the room. Idempotent. */
  close(): void {
    if (this.#isOver()) return;
    this.#abort.abort();
    const { room } = this.#state;
    if (room) void room.leave();
    else if (this.#state.status !== 'failed') this.#become({ ...this.#state, status: 'closed' });
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted;
  }

  async #enter(): Promise<void> {
    // What is closed in the same breath, as React's StrictMode does with each first effect, never asks the server.
    await Promise.resolve();
    if (this.#isOver()) return;
    let room: RoomClient;
    try {
      room = await connect(this.#connectOptions(), this.#environment);
    } catch (error) {
      if (!this.#isOver()) this.#become({ status: 'failed', room: null, error: toError(error) });
      return;
    }
    if (this.#isOver()) {
      void room.leave();
      return;
    }
    this.#unlisten = room.on('statusChanged', (status) => {
      if (status === 'closed') this.#unlisten?.();
      this.#become({ ...this.#state, status });
    });
    this.#become({ status: room.state.status, room, error: null });
  }

  #connectOptions(): ConnectOptions {
    const options = this.#options();
    const { signal, tokenSource } = options;
    return {
      ...options,
      signal: signal ? AbortSignal.any([signal, this.#abort.signal]) : this.#abort.signal,
      onWaiting: () => {
        if (this.#isOver()) return;
        this.#become({ status: 'waiting', room: null, error: null });
        this.#options().onWaiting?.();
      },
      ...(tokenSource ? { tokenSource: (room) => (this.#options().tokenSource ?? tokenSource)(room) } : {}),
    };
  }

  #become(state: EntryState): void {
    this.#state = Object.freeze(state);
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What makes another entry of it when it changes; all other options count at the time of the entry. */
export function entryKey({ url = '', room, token = '', password = '' }: ConnectOptions): string {
  return JSON.stringify([url, room, token, password]);
}
