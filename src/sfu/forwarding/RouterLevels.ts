import type { AudioLevelObserver, Router } from 'mediasoup/types';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { TrackProducer } from '../Track.ts';

/** ms over which mediasoup averages, and between two measurements of one observer: the least that it does. */
export const INTERVAL = 250;
/** Observers that measure in turns, so that somebody who begins to speak is noticed after a part of the interval. */
const OBSERVERS = 3;
/** Lower than anything: every microphone counts that sends without pauses. */
const EVERYTHING = -127;
/** Microphones in one measurement. */
const MAX_ENTRIES = 255;

interface RouterLevelsEvents {
  /** dBov by producer id, of those that sent without pauses: 40 packets/s or more in the last 250 ms. */
  measured: [levels: ReadonlyMap<string, number>];
}

/**
 * Measures the microphones on one router every 83 ms (mediasoup AudioLevelObserver), while it is switched on.
 *
 * One observer alone would notice an onset after up to 250 ms, which is all the time there is for it to be heard.
 */
export class RouterLevels extends TypedEmitter<RouterLevelsEvents> {
  readonly #router: Router;
  readonly #producers = new Set<TrackProducer>();
  #on = false;
  #observers: AudioLevelObserver[] = [];
  #timers: NodeJS.Timeout[] = [];

  constructor(router: Router) {
    super();
    this.#router = router;
  }

  add(producer: TrackProducer): void {
    this.#producers.add(producer);
    producer.observer.once('close', () => this.#producers.delete(producer));
    for (const observer of this.#observers) this.#observe(observer, producer);
  }

  switchOn(on: boolean): void {
    if (this.#on === on) return;
    this.#on = on;
    if (on) this.#start();
    else this.#stop();
  }

  #start(): void {
    for (let turn = 0; turn < OBSERVERS; turn++) {
      this.#timers.push(setTimeout(() => void this.#create(), (turn * INTERVAL) / OBSERVERS));
    }
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
    for (const observer of this.#observers) observer.close();
    this.#observers = [];
  }

  async #create(): Promise<void> {
    try {
      const observer = await this.#router.createAudioLevelObserver({
        interval: INTERVAL,
        threshold: EVERYTHING,
        maxEntries: MAX_ENTRIES,
      });
      if (!this.#on) {
        observer.close();
        return;
      }
      this.#observers.push(observer);
      observer.on('volumes', (volumes) =>
        this.emit('measured', new Map(volumes.map(({ producer, volume }) => [producer.id, volume]))),
      );
      observer.on('silence', () => this.emit('measured', new Map()));
      for (const producer of this.#producers) this.#observe(observer, producer);
    } catch {
      // The worker died meanwhile, and a new router comes.
    }
  }

  #observe(observer: AudioLevelObserver, { id: producerId }: TrackProducer): void {
    // The producer, or the observer with its worker, went meanwhile: neither measures anything more.
    observer.addProducer({ producerId }).catch(() => undefined);
  }
}
