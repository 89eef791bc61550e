import type { Router } from 'mediasoup/types';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { TrackProducer } from '../Track.ts';
import { KEPT_MICROPHONES, type AudioFacts } from './audioPolicy.ts';
import { LoudestMicrophones } from './LoudestMicrophones.ts';
import { MicrophoneLevels } from './MicrophoneLevels.ts';

interface RoomMicrophonesEvents {
  /** Others should be forwarded now. */
  changed: [];
  /** dBov by producer id, of the loudest of this node; as many as a listener gets, and one more. */
  measuredHere: [levels: ReadonlyMap<string, number>];
}

interface Sound {
  producer: TrackProducer;
  ownerId: string;
  isMicrophone: boolean;
}

/** The sound of a room: which microphones are the loudest, while there are more than a listener gets. */
export class RoomMicrophones extends TypedEmitter<RoomMicrophonesEvents> {
  readonly #dominantPeerId: () => string | null;
  readonly #sounds = new Map<string, Sound>();
  /** Microphone by peer. */
  readonly #byPeer = new Map<string, string>();
  readonly #levels = new MicrophoneLevels();
  readonly #chosen: LoudestMicrophones;
  #loudest: number;
  #facts: AudioFacts | undefined;
  /** Of what was forwarded when it was last told. */
  #signature = '';

  constructor(loudest: number, dominantPeerId: () => string | null) {
    super();
    this.#loudest = loudest;
    this.#dominantPeerId = dominantPeerId;
    this.#chosen = new LoudestMicrophones(loudest);
    this.#levels.on('measured', (levels) => this.#measured(levels));
    this.#levels.on('measuredHere', (levels) => {
      const loudest = [...levels].sort(([, a], [, b]) => b - a).slice(0, this.#loudest + 1);
      this.emit('measuredHere', new Map(loudest));
    });
  }

  /** How many a listener gets; 0: all. */
  set loudest(loudest: number) {
    this.#loudest = loudest;
    this.#chosen.count = loudest;
    this.#changed();
  }

  /** @param router On which it is published; undefined for one of another node, which tells how loud it is. */
  add(producer: TrackProducer, router: Router | undefined, ownerId: string, isMicrophone: boolean): void {
    const { id } = producer;
    this.#sounds.set(id, { producer, ownerId, isMicrophone });
    if (isMicrophone) {
      this.#byPeer.set(ownerId, id);
      if (router) this.#levels.add(producer, router);
      if (!producer.paused) this.#chosen.add(id);
      producer.observer.on('pause', () => this.#chosen.close(id));
      producer.observer.on('resume', () => this.#chosen.open(id, performance.now()));
      producer.observer.on('pause', () => this.#changed());
      producer.observer.on('resume', () => this.#changed());
    }
    this.#changed();
  }

  remove(producerId: string): void {
    const sound = this.#sounds.get(producerId);
    if (!sound) return;
    this.#sounds.delete(producerId);
    if (this.#byPeer.get(sound.ownerId) === producerId) this.#byPeer.delete(sound.ownerId);
    this.#chosen.close(producerId);
    this.#changed();
  }

  /** What another node measured of the loudest there. */
  heardElsewhere(node: string, levels: ReadonlyMap<string, number>): void {
    this.#levels.heardElsewhere(node, levels);
  }

  /** A peer's microphone. */
  of(peerId: string): string | undefined {
    return this.#byPeer.get(peerId);
  }

  /** As of now. */
  facts(): AudioFacts {
    this.#facts ??= this.#read();
    return this.#facts;
  }

  /** Idempotent. */
  close(): void {
    this.#levels.close();
  }

  #changed(): void {
    this.#facts = undefined;
    this.#levels.switchOn(this.#loudest > 0 && this.#byPeer.size > this.#loudest);
  }

  #measured(levels: ReadonlyMap<string, number>): void {
    const dominant = this.#dominantPeerId();
    const dominantId = dominant === null ? undefined : this.#byPeer.get(dominant);
    this.#chosen.update(levels, performance.now(), dominantId);
    this.#facts = undefined;
    const { places, spare, microphones, isSending } = this.facts();
    const kept = microphones.slice(0, KEPT_MICROPHONES + places.length);
    const signature = [...places, spare, ...kept.map((id) => `${id}${isSending(id) ? '+' : '-'}`)].join();
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.emit('changed');
  }

  #read(): AudioFacts {
    const now = performance.now();
    const muted: string[] = [];
    const others: string[] = [];
    for (const [id, { producer, isMicrophone }] of this.#sounds) {
      if (!isMicrophone) others.push(id);
      else if (producer.paused) muted.push(id);
    }
    const isOn = this.#loudest > 0 && this.#byPeer.size > this.#loudest;
    return {
      all: this.#loudest === 0,
      places: isOn ? [...this.#chosen.places] : [],
      spare: isOn ? this.#chosen.spare : undefined,
      microphones: [...this.#chosen.byRecency(), ...muted],
      others,
      isMuted: (id) => this.#sounds.get(id)?.producer.paused ?? true,
      isSending: (id) => isOn && this.#chosen.isSending(id, now),
    };
  }
}
