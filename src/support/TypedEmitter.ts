type Listener<Args extends unknown[]> = (...args: Args) => void;

/** Where the error of a throwing listener goes. */
export type ListenerErrorHandler = (error: unknown, event: string) => void;

let onListenerError: ListenerErrorHandler = (error, event) => {
  console.error(`a listener of "${event}" threw`, error);
};

/** Replaces what happens with the errors of throwing listeners (default: the console). */
export function setListenerErrorHandler(handler: ListenerErrorHandler): void {
  onListenerError = handler;
}

/**
 * Typed events for Node and browsers; only the class itself emits.
 *
 * A throwing listener stops neither the others nor the emitter, so an embedder's mistake cannot leave
 * the SDK or a room half-changed.
 */
export class TypedEmitter<Events extends { [E in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();

  /** Adds a listener and returns the function that takes it away again. */
  on<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(listener);
    return () => this.off(event, listener);
  }

  /** Like `on`, for the next occurrence only. */
  once<E extends keyof Events>(event: E, listener: Listener<Events[E]>): () => void {
    const off = this.on(event, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  /** Resolves with the arguments of the next occurrence; never, when there is none. */
  next<E extends keyof Events>(event: E): Promise<Events[E]> {
    return new Promise((resolve) => this.once(event, (...args) => resolve(args)));
  }

  /** Takes a listener away. */
  off<E extends keyof Events>(event: E, listener: Listener<Events[E]>): void {
    const listeners = this.#listeners.get(event);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#listeners.delete(event);
  }

  /** How many listen to an event. */
  listenerCount(event: keyof Events): number {
    return this.#listeners.get(event)?.size ?? 0;
  }

  protected emit<E extends keyof Events>(event: E, ...args: Events[E]): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        (listener as Listener<Events[E]>)(...args);
      } catch (error) {
        onListenerError(error, String(event));
      }
    }
  }
}
