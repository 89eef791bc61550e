import type { Producer, Router } from 'mediasoup/types';
import type { SpeakerLevel } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { Floor } from './Floor.ts';
import { MAX_LEVELS, RouterSpeakers } from './RouterSpeakers.ts';

/** dB by which a peer must have become louder or softer to be worth telling. */
const LEVEL_STEP = 6;

/** `floor`: another holds it; `heard`: somebody began or fell silent; `levels`: the same people, louder or softer. */
export type SpeakerChange = 'floor' | 'heard' | 'levels';

interface RoomSpeakersEvents {
  changed: [what: SpeakerChange];
}

/** What is heard of the microphones on one node. */
export interface Heard {
  dominantPeerId: string | null;
  /** Loudest first. */
  levels: readonly SpeakerLevel[];
}

/** This node, beside the others. */
const HERE = '';

/**
 * Who is heard in a room, and who holds the floor, whichever of its routers and nodes their microphones are on.
 *
 * A microphone is observed from when it is first open: rooms in which nobody spoke yet, and people who only
 * listen, cost nothing.
 */
export class RoomSpeakers extends TypedEmitter<RoomSpeakersEvents> {
  readonly #peerOf: (producer: Producer) => string | undefined;
  readonly #routers = new Map<Router, RouterSpeakers>();
  /** As last measured on each router. */
  readonly #measured = new Map<Router, SpeakerLevel[]>();
  /** What other nodes say of their microphones. */
  readonly #elsewhere = new Map<string, readonly SpeakerLevel[]>();
  /** Among the microphones of this node. */
  readonly #floorHere = new Floor<Router>();
  /** Among the nodes, each of which says who holds it there. */
  readonly #floor = new Floor<string>();
  #levels: SpeakerLevel[] = [];

  constructor(peerOf: (producer: Producer) => string | undefined) {
    super();
    this.#peerOf = peerOf;
  }

  /** Loudest first, right to 6 dB; those not named are silent. */
  get levels(): readonly SpeakerLevel[] {
    return this.#levels;
  }

  get dominantPeerId(): string | null {
    return this.#floor.holder;
  }

  /** Of the microphones on this node alone. */
  get here(): Heard {
    return { dominantPeerId: this.#floorHere.holder, levels: loudest(this.#measured.values()) };
  }

  /** Another node says what is heard there. */
  heardElsewhere(node: string, { dominantPeerId, levels }: Heard): void {
    this.#elsewhere.set(node, levels);
    if (dominantPeerId === null) this.#floor.routerGone(node);
    this.#hear();
    const isOther =
      dominantPeerId === null
        ? this.#floor.hear(this.#levelOf, performance.now())
        : this.#floor.claim(node, dominantPeerId, this.#levelOf, performance.now());
    if (isOther) this.emit('changed', 'floor');
  }

  /** Nothing is heard of that node any more; its peers leave. */
  nodeGone(node: string): void {
    this.#floor.routerGone(node);
    if (this.#elsewhere.delete(node)) this.#hear();
  }

  /** Observes a microphone from when it is open until it closes, on the router on which it is published. */
  observe(producer: Producer, router: Router): void {
    if (producer.paused) producer.observer.once('resume', () => void this.#on(router).add(producer));
    else void this.#on(router).add(producer);
  }

  /** Forgets a peer that left. */
  peerLeft(peerId: string): void {
    const isOther = (level: SpeakerLevel): boolean => level.peerId !== peerId;
    this.#levels = this.#levels.filter(isOther);
    for (const [router, levels] of this.#measured) this.#measured.set(router, levels.filter(isOther));
    for (const [node, levels] of this.#elsewhere) this.#elsewhere.set(node, levels.filter(isOther));
    this.#floorHere.peerLeft(peerId);
    this.#floor.peerLeft(peerId);
  }

  #on(router: Router): RouterSpeakers {
    const known = this.#routers.get(router);
    if (known) return known;
    const speakers = new RouterSpeakers(router);
    this.#routers.set(router, speakers);
    speakers.on('levels', (levels) => {
      const told = levels.flatMap(({ producer, level }) => {
        const peerId = this.#peerOf(producer);
        return peerId === undefined ? [] : [{ peerId, level }];
      });
      this.#measured.set(router, told);
      this.#measuredAnew();
    });
    speakers.on('floor', (producer) => {
      const peerId = this.#peerOf(producer);
      if (peerId === undefined) return;
      if (this.#floorHere.claim(router, peerId, this.#levelOf, performance.now())) this.#claim();
    });
    router.observer.once('close', () => this.#routerClosed(router));
    return speakers;
  }

  #routerClosed(router: Router): void {
    this.#routers.delete(router);
    this.#floorHere.routerGone(router);
    this.#measured.delete(router);
    this.#measuredAnew();
  }

  #measuredAnew(): void {
    this.#hear();
    const now = performance.now();
    if (this.#floorHere.hear(this.#levelOf, now)) this.#claim();
    else if (this.#floor.hear(this.#levelOf, now)) this.emit('changed', 'floor');
  }

  /** Another one holds the floor among those on this node. */
  #claim(): void {
    const peerId = this.#floorHere.holder;
    if (peerId === null) return;
    this.#floor.claim(HERE, peerId, this.#levelOf, performance.now());
    // Told also where the floor of the room is somebody's on another node, who has to hear of it.
    this.emit('changed', 'floor');
  }

  readonly #levelOf = (peerId: string): number | undefined =>
    this.#levels.find((level) => level.peerId === peerId)?.level;

  #hear(): void {
    const levels = loudest([...this.#measured.values(), ...this.#elsewhere.values()]);
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
}

function loudest(measured: Iterable<readonly SpeakerLevel[]>): SpeakerLevel[] {
  const [first = [], ...others] = measured;
  if (others.length === 0) return [...first];
  return [...first, ...others.flat()].sort((one, other) => other.level - one.level).slice(0, MAX_LEVELS);
}
