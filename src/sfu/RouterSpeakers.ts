import type { ActiveSpeakerObserver, AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import { invalidState } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** ms between two measurements of levels (mediasoup: 250 to 5000). */
const LEVEL_INTERVAL = 500;
/** ms between two looks at who holds the floor (mediasoup: 100 to 5000). */
const FLOOR_INTERVAL = 250;
/** dBov below which a microphone counts as silent. */
const SILENCE = -60;

/** Loud peers told at a time. */
export const MAX_LEVELS = 16;

interface Observers {
  levels: AudioLevelObserver;
  floor: ActiveSpeakerObserver;
}

interface RouterSpeakersEvents {
  /** Loudest first, dBov; those not named are silent. */
  levels: [levels: readonly { producer: Producer; level: number }[]];
  floor: [producer: Producer];
}

/** Who is heard of the microphones on one router (mediasoup AudioLevelObserver, ActiveSpeakerObserver). */
export class RouterSpeakers extends TypedEmitter<RouterSpeakersEvents> {
  readonly #router: Router;
  #observers: Promise<Observers> | undefined;

  constructor(router: Router) {
    super();
    this.#router = router;
  }

  /** Observes an open microphone until it closes; the first one creates the observers. Never rejects. */
  async add({ id: producerId }: Producer): Promise<void> {
    try {
      this.#observers ??= this.#create();
      const { levels, floor } = await this.#observers;
      await Promise.all([levels.addProducer({ producerId }), floor.addProducer({ producerId })]);
    } catch {
      // The producer went meanwhile, or its worker did and a new router comes: neither tells anything new.
    }
  }

  async #create(): Promise<Observers> {
    try {
      const [levels, floor] = await Promise.all([
        this.#router.createAudioLevelObserver({
          interval: LEVEL_INTERVAL,
          threshold: SILENCE,
          maxEntries: MAX_LEVELS,
        }),
        this.#router.createActiveSpeakerObserver({ interval: FLOOR_INTERVAL }),
      ]);
      if (this.#router.closed) {
        levels.close();
        floor.close();
        throw invalidState('closed while the observers were created');
      }
      levels.on('volumes', (volumes) =>
        this.emit(
          'levels',
          volumes.map(({ producer, volume: level }) => ({ producer, level })),
        ),
      );
      levels.on('silence', () => this.emit('levels', []));
      floor.on('dominantspeaker', ({ producer }) => this.emit('floor', producer));
      return { levels, floor };
    } catch (error) {
      // The next microphone tries again.
      this.#observers = undefined;
      throw error;
    }
  }
}
