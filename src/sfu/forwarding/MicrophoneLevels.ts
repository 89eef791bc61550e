import type { Producer, Router } from 'mediasoup/types';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import { INTERVAL, RouterLevels } from './RouterLevels.ts';

/** ms after which a measurement says nothing any more: its worker does not answer. */
const STALE_AFTER = 2 * INTERVAL;

interface Measurement {
  levels: ReadonlyMap<string, number>;
  at: number;
}

interface MicrophoneLevelsEvents {
  /** dBov by producer id, of those that sent without pauses: 40 packets/s or more in the last 250 ms. */
  measured: [levels: ReadonlyMap<string, number>];
}

/** Measures all microphones of a room every 83 ms, while it is switched on, whichever of its routers they are on. */
export class MicrophoneLevels extends TypedEmitter<MicrophoneLevelsEvents> {
  readonly #routers = new Map<Router, RouterLevels>();
  readonly #latest = new Map<Router, Measurement>();
  #on = false;

  /** @param router On which it is published. */
  add(producer: Producer, router: Router): void {
    this.#of(router).add(producer);
  }

  switchOn(on: boolean): void {
    this.#on = on;
    for (const levels of this.#routers.values()) levels.switchOn(on);
    if (!on) this.#latest.clear();
  }

  /** Idempotent. */
  close(): void {
    this.switchOn(false);
  }

  #of(router: Router): RouterLevels {
    const known = this.#routers.get(router);
    if (known) return known;
    const measuring = new RouterLevels(router);
    this.#routers.set(router, measuring);
    measuring.on('measured', (levels) => this.#measured(router, levels));
    router.observer.once('close', () => {
      measuring.switchOn(false);
      this.#routers.delete(router);
      this.#latest.delete(router);
    });
    measuring.switchOn(this.#on);
    return measuring;
  }

  #measured(router: Router, levels: ReadonlyMap<string, number>): void {
    if (this.#routers.size === 1) {
      this.emit('measured', levels);
      return;
    }
    const now = performance.now();
    this.#latest.set(router, { levels, at: now });
    const fresh = [...this.#latest.values()].filter(({ at }) => now - at < STALE_AFTER);
    this.emit('measured', new Map(fresh.flatMap(({ levels: of }) => [...of])));
  }
}
