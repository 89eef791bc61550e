import type { ActiveSpeakerObserver, AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import type { SpeakerLevel } from '../protocol/models.ts';
import { invalidState } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** ms between two measurements of levels (mediasoup: 250 to 5000). */
const LEVEL_INTERVAL = 500;
/** ms between two looks at who holds the floor (mediasoup: 100 to 5000). */
const FLOOR_INTERVAL = 250;
/** dBov below which a microphone counts as silent. */
const SILENCE = -60;
/** dB by which a peer must have become louder or softer to be worth telling. */
const LEVEL_STEP = 6;
/** Loud peers told at a time. */
const MAX_LEVELS = 16;

/** `floor`: another holds it; `heard`: somebody began or fell silent; `levels`: the same people, louder or softer. */
export type SpeakerChange = 'floor' | 'heard' | 'levels';

interface RoomSpeakersEvents {
  changed: [what: SpeakerChange];
}

interface Observers {
  levels: AudioLevelObserver;
  floor: ActiveSpeakerObserver;
}

/**
 * Who is heard in a room, and who holds the floor (mediasoup AudioLevelObserver, ActiveSpeakerObserver).
 *
 * A microphone is observed from when it is first open: rooms in which nobody spoke yet, and people who only
 * listen, cost nothing.
 */
export class RoomSpeakers extends TypedEmitter<RoomSpeakersEvents> {
  readonly #peerOf: (producer: Producer) => string | undefined;
  #router: Router | undefined;
  #observers: Promise<Observers> | undefined;
  #levels: SpeakerLevel[] = [];
  #dominantPeerId: string | null = null;

  constructor(peerOf: (producer: Producer) => string | undefined) {
    super();
    this.#peerOf = peerOf;
  }

  /** Loudest first, right to 6 dB; those not named are silent. */
  get levels(): readonly SpeakerLevel[] {
    return this.#levels;
  }

  get dominantPeerId(): string | null {
    return this.#dominantPeerId;
  }

  /** From now on observes on this router; the observers on the former one went with it. */
  attach(router: Router): void {
    this.#router = router;
    this.#observers = undefined;
    this.#hear([]);
  }

  /** Observes a microphone from when it is open until it closes. */
  observe(producer: Producer): void {
    if (producer.paused) producer.observer.once('resume', () => void this.#add(producer));
    else void this.#add(producer);
  }

  async #add({ id: producerId }: Producer): Promise<void> {
    try {
      this.#observers ??= this.#createObservers(this.#router);
      const { levels, floor } = await this.#observers;
      await Promise.all([levels.addProducer({ producerId }), floor.addProducer({ producerId })]);
    } catch {
      // The producer went meanwhile, or its worker did and a new router comes: neither tells anything new.
    }
  }

  async #createObservers(router: Router | undefined): Promise<Observers> {
    try {
      if (!router) throw invalidState('the room has no router');
      const [levels, floor] = await Promise.all([
        router.createAudioLevelObserver({
          interval: LEVEL_INTERVAL,
          threshold: SILENCE,
          maxEntries: MAX_LEVELS,
        }),
        router.createActiveSpeakerObserver({ interval: FLOOR_INTERVAL }),
      ]);
      this.#listen(levels, floor);
      return { levels, floor };
    } catch (error) {
      // The next microphone tries again.
      if (this.#router === router) this.#observers = undefined;
      throw error;
    }
  }

  #listen(levels: AudioLevelObserver, floor: ActiveSpeakerObserver): void {
    levels.on('volumes', (volumes) => {
      this.#hear(
        volumes.flatMap(({ producer, volume }) => {
          const peerId = this.#peerOf(producer);
          return peerId === undefined ? [] : [{ peerId, level: volume }];
        }),
      );
    });
    levels.on('silence', () => this.#hear([]));
    floor.on('dominantspeaker', ({ producer }) => {
      const peerId = this.#peerOf(producer);
      if (peerId === undefined || peerId === this.#dominantPeerId) return;
      this.#dominantPeerId = peerId;
      this.emit('changed', 'floor');
    });
  }

  #hear(levels: SpeakerLevel[]): void {
    const before = new Map(this.#levels.map(({ peerId, level }) => [peerId, level]));
    const isHeardAgain = ({ peerId }: SpeakerLevel) => before.has(peerId);
    const differs = ({ peerId, level }: SpeakerLevel) =>
      Math.abs(level - (before.get(peerId) ?? level)) >= LEVEL_STEP;
    if (levels.length !== before.size || !levels.every(isHeardAgain)) {
      this.#levels = levels;
      this.emit('changed', 'heard');
    } else if (levels.some(differs)) {
      this.#levels = levels;
      this.emit('changed', 'levels');
    }
  }

  /** Forgets a peer that left. */
  peerLeft(peerId: string): void {
    this.#levels = this.#levels.filter((level) => level.peerId !== peerId);
    if (this.#dominantPeerId === peerId) this.#dominantPeerId = null;
  }
}
