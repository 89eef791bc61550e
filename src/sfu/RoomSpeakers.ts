import type { ActiveSpeakerObserver, AudioLevelObserver, Producer, Router } from 'mediasoup/types';
import type { SpeakerLevel } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** ms between two measurements; the finest that mediasoup's AudioLevelObserver offers. */
const LEVEL_INTERVAL = 250;
/** dBov below which a microphone counts as silent. */
const SILENCE = -60;
/** Loud peers told at a time. */
const MAX_LEVELS = 16;

interface RoomSpeakersEvents {
  changed: [];
}

/** Who is heard in a room, and who holds the floor (mediasoup AudioLevelObserver, ActiveSpeakerObserver). */
export class RoomSpeakers extends TypedEmitter<RoomSpeakersEvents> {
  readonly #peerOf: (producer: Producer) => string | undefined;
  #levelObserver: AudioLevelObserver | undefined;
  #speakerObserver: ActiveSpeakerObserver | undefined;
  #levels: SpeakerLevel[] = [];
  #dominantPeerId: string | null = null;

  constructor(peerOf: (producer: Producer) => string | undefined) {
    super();
    this.#peerOf = peerOf;
  }

  /** Loudest first; those not named are silent. */
  get levels(): readonly SpeakerLevel[] {
    return this.#levels;
  }

  get dominantPeerId(): string | null {
    return this.#dominantPeerId;
  }

  /** Starts observing on a router; the observers of the former one went with it. */
  async attach(router: Router): Promise<void> {
    const [levels, speakers] = await Promise.all([
      router.createAudioLevelObserver({
        interval: LEVEL_INTERVAL,
        threshold: SILENCE,
        maxEntries: MAX_LEVELS,
      }),
      router.createActiveSpeakerObserver({ interval: LEVEL_INTERVAL }),
    ]);
    this.#levelObserver = levels;
    this.#speakerObserver = speakers;
    levels.on('volumes', (volumes) => {
      this.#levels = volumes.flatMap(({ producer, volume }) => {
        const peerId = this.#peerOf(producer);
        return peerId === undefined ? [] : [{ peerId, level: volume }];
      });
      this.emit('changed');
    });
    levels.on('silence', () => {
      this.#levels = [];
      this.emit('changed');
    });
    speakers.on('dominantspeaker', ({ producer }) => {
      const peerId = this.#peerOf(producer);
      if (peerId === undefined || peerId === this.#dominantPeerId) return;
      this.#dominantPeerId = peerId;
      this.emit('changed');
    });
  }

  /** Observes a microphone until it closes. */
  async add(producer: Producer): Promise<void> {
    const { id: producerId } = producer;
    // A producer that closes in between takes itself off; its rejection tells nothing new.
    await Promise.allSettled([
      this.#levelObserver?.addProducer({ producerId }),
      this.#speakerObserver?.addProducer({ producerId }),
    ]);
  }

  /** Forgets a peer that left. */
  peerLeft(peerId: string): void {
    this.#levels = this.#levels.filter((level) => level.peerId !== peerId);
    if (this.#dominantPeerId === peerId) this.#dominantPeerId = null;
  }
}
