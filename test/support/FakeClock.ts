import type { Clock } from '../../loadtest/media/Pacer.ts';

/** A clock that goes on when it is told to. */
export class FakeClock implements Clock {
  #now: number;
  #woken: { at: number; callback: () => void } | null = null;

  constructor(now: number) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  wake(callback: () => void, delay: number): () => void {
    const wake = { at: this.#now + delay, callback };
    this.#woken = wake;
    return () => {
      if (this.#woken === wake) this.#woken = null;
    };
  }

  /** Lets so many ms pass; whoever wants to be called meanwhile is called in time. */
  run(ms: number): void {
    const end = this.#now + ms;
    for (let wake = this.#woken; wake && wake.at <= end; wake = this.#woken) {
      this.#woken = null;
      this.#now = Math.max(this.#now, wake.at);
      wake.callback();
    }
    this.#now = end;
  }

  /** Lets so many ms pass in which nobody is called, as if the process had been stopped. */
  stall(ms: number): void {
    this.#now += ms;
  }
}
