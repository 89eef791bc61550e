import type { Router } from 'mediasoup/types';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { TrackProducer } from '../Track.ts';
import { INTERVAL, RouterLevels } from './RouterLevels.ts';

/** ms after which a measurement says nothing any more: its worker does not answer. */
const STALE_AFTER = 2 * INTERVAL;

interface Measurement {
  levels: ReadonlyMap<string, number>;
  at: number;
}

/** ms between two times that what other nodes told is taken into account where nothing is measured here. */
const RETELL = INTERVAL;

interface MicrophoneLevelsEvents {
  /** The same, of the microphones of this node alone. */
  measuredHere: [levels: ReadonlyMap<string, number>];
  /** dBov by producer id, of those that sent without pauses: 40 packets/s or more in the last 250 ms. */
  measured: [levels: ReadonlyMap<string, number>];
}

/** Measures all microphones of a room every 83 ms, while it is switched on, whichever of its routers they are on. */
export class MicrophoneLevels extends TypedEmitter<MicrophoneLevelsEvents> {
  readonly #routers = new Map<Router, RouterLevels>();
  readonly #latest = new Map<Router, Measurement>();
  /** As told by other nodes, of the loudest there. */
  readonly #told = new Map<string, ReadonlyMap<string, number>>();
  #retelling: NodeJS.Timeout | undefined;
  #on = false;

  /** @param router On which it is published. */
  add(producer: TrackProducer, router: Router): void {
    this.#of(router).add(producer);
  }

  switchOn(on: boolean): void {
    this.#on = on;
    for (const levels of this.#routers.values()) levels.switchOn(on);
    if (!on && this.#latest.size > 0) {
      this.#latest.clear();
      this.emit('measuredHere', new Map());
    }
    this.#retell();
  }

  /** What another node measured. */
  heardElsewhere(node: string, levels: ReadonlyMap<string, number>): void {
    if (levels.size > 0) this.#told.set(node, levels);
    else this.#told.delete(node);
    this.#retell();
    if (this.#on) this.#tell();
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
      this.#retell();
    });
    measuring.switchOn(this.#on);
    this.#retell();
    return measuring;
  }

  #measured(router: Router, levels: ReadonlyMap<string, number>): void {
    this.#latest.set(router, { levels, at: performance.now() });
    this.emit('measuredHere', this.#here());
    this.#tell();
  }

  #tell(): void {
    const here = this.#here();
    if (this.#told.size === 0) this.emit('measured', here);
    else this.emit('measured', new Map([...[...this.#told.values()].flatMap((of) => [...of]), ...here]));
  }

  #here(): ReadonlyMap<string, number> {
    const now = performance.now();
    const fresh = [...this.#latest.values()].filter(({ at }) => now - at < STALE_AFTER);
    const [first, ...others] = fresh;
    if (first && others.length === 0) return first.levels;
    return new Map(fresh.flatMap(({ levels: of }) => [...of]));
  }

  /** Only where no router measures, which would have it told as often. */
  #retell(): void {
    const isNeeded = this.#on && this.#told.size > 0 && this.#routers.size === 0;
    if (isNeeded === (this.#retelling !== undefined)) return;
    clearInterval(this.#retelling);
    this.#retelling = isNeeded ? setInterval(() => this.#tell(), RETELL).unref() : undefined;
  }
}
