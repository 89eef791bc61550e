import type { ConsumeAnswer } from '../../src/protocol/requests.ts';
import { ParleyError } from '../../src/support/errors.ts';
import { isTransient } from './Reconciler.ts';
import { consumableProducerIds } from './roomState.ts';
import type { RoomStore } from './RoomStore.ts';

/** Which of the room's producers should be received: all or none, as far as nothing else was wished. */
export class WantedProducers {
  readonly #store: RoomStore;
  readonly #autoSubscribe: boolean;
  readonly #onError: (error: Error) => void;
  /** Explicit wishes by producer id; they overrule `autoSubscribe`. */
  readonly #wishes = new Map<string, boolean>();
  /** Refused for good in this media epoch. */
  readonly #refused = new Set<string>();

  constructor(parts: { store: RoomStore; autoSubscribe: boolean; onError: (error: Error) => void }) {
    this.#store = parts.store;
    this.#autoSubscribe = parts.autoSubscribe;
    this.#onError = parts.onError;
  }

  get ids(): string[] {
    return consumableProducerIds(this.#store.model).filter((id) => this.#isWished(id));
  }

  has(producerId: string): boolean {
    return this.#isWished(producerId) && this.isThere(producerId);
  }

  /** Whether it could be received, wanted or not. */
  isThere(producerId: string): boolean {
    return consumableProducerIds(this.#store.model).includes(producerId);
  }

  wish(producerIds: readonly string[], wanted: boolean): void {
    for (const producerId of producerIds) {
      this.#wishes.set(producerId, wanted);
      if (wanted) this.#refused.delete(producerId);
    }
  }

  /** A producer takes the place of another one. */
  inherit(fromId: string, producerId: string): void {
    const wish = this.#wishes.get(fromId);
    if (wish !== undefined) this.#wishes.set(producerId, wish);
  }

  /** Until the next media epoch, or until it is wished for again. */
  refuse(producerId: string, error: Error): void {
    this.#refused.add(producerId);
    this.#onError(error);
  }

  /** Returns one of the refusals that may pass. */
  takeRefusals(refusals: ConsumeAnswer['refused']): ParleyError | undefined {
    let transient: ParleyError | undefined;
    for (const { producerId, error } of refusals) {
      const refusal = ParleyError.fromWire(error);
      if (isTransient(refusal)) transient = refusal;
      // A producer that closed between the fact and the request is no news.
      else if (error.code === 'notFound') this.#refused.add(producerId);
      else this.refuse(producerId, refusal);
    }
    return transient;
  }

  forget(producerId: string): void {
    this.#wishes.delete(producerId);
    this.#refused.delete(producerId);
  }

  forgetRefusals(): void {
    this.#refused.clear();
  }

  #isWished(producerId: string): boolean {
    if (!this.#store.state.permissions.canSubscribe) return false;
    return !this.#refused.has(producerId) && (this.#wishes.get(producerId) ?? this.#autoSubscribe);
  }
}
