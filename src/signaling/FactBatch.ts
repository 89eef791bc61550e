import type { EventPayloads, RoomFact } from '../protocol/events.ts';
import type { PeerInfo } from '../protocol/models.ts';

/** Peers up to which a room is told at the end of the same turn. */
const SMALL_ROOM = 8;
/** ms for each listener between two messages: a room of up to 200 causes 2000 a second at most. */
const PER_PEER = 0.5;
/** ms */
const LATEST = 100;

/** Reactions that are told at a time. */
const MAX_REACTIONS = 32;

/** All but who is heard: see `FactBatch.speakersChanged`. */
type GatheredFact = Exclude<RoomFact, ['speakersChanged', unknown]>;

/** The room as it is when it is told. */
export interface FactSource {
  /** How many are told. */
  readonly listeners: number;
  peer(peerId: string): PeerInfo | undefined;
  speakers(): EventPayloads['speakersChanged'];
}

/**
 * Gathers the facts of one room, and tells them all together: one message, serialised once, with what became of each
 * thing and not how.
 *
 * Whoever enters or comes back gets a snapshot, and may do so while facts wait that the snapshot holds already. So a
 * batch must do no harm to somebody who knows any state between the first fact in it and now:
 *
 * - What is told of a peer, a producer or the speakers is as of now, never older than a snapshot: that a peer joined
 *   comes with what it publishes now, and a producer with whether it is paused now. Changes of a peer or producer that
 *   is told of as new go without saying.
 * - What is gone is not told of as new. That it went is told always, because a snapshot in between may have shown it;
 *   to everybody else it is somebody unknown, and ignored.
 * - Who is heard is told only when it differs from what was told last, and comes last, when everybody in it is known.
 *   Somebody who came since was told something else by its snapshot, see `listenerCame`.
 */
export class FactBatch {
  readonly #source: FactSource;
  readonly #emit: (facts: RoomFact[]) => void;
  /** In order; by what a later fact supersedes. */
  readonly #facts = new Map<string, GatheredFact>();
  #speakersChanged = false;
  /** In this batch. */
  #reactions = 0;
  /** What everybody who listens was told last, if they all were. */
  #heard: string | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(source: FactSource, emit: (facts: RoomFact[]) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  /** Tells it soon: at the end of this turn in a small room, within 100 ms in a large one. */
  gather(...fact: GatheredFact): void {
    if (this.#closed) return;
    const [name, payload] = fact;
    switch (name) {
      case 'peerJoined':
        this.#put(`joined ${payload.peer.peerId}`, fact);
        break;
      case 'peerLeft':
        this.#dropAllOf(payload.peerId);
        this.#put(`left ${payload.peerId}`, fact);
        break;
      case 'peerUpdated':
        if (!this.#isNew(payload.peerId)) this.#put(`updated ${payload.peerId}`, fact);
        break;
      case 'newProducer': {
        const { peerId, producerId } = payload.producer;
        if (!this.#isNew(peerId)) this.#put(`producer ${producerId}`, fact);
        break;
      }
      case 'producerClosed':
        this.#facts.delete(`producer ${payload.producerId}`);
        this.#facts.delete(`paused ${payload.producerId}`);
        this.#put(`closed ${payload.producerId}`, fact);
        break;
      case 'producerPaused':
      case 'producerResumed':
        if (!this.#isNew(payload.peerId, payload.producerId)) this.#put(`paused ${payload.producerId}`, fact);
        break;
      case 'chatMessage':
        this.#put(`chat ${payload.message.messageId}`, fact);
        break;
      case 'roomConfigured':
        this.#put('configured', fact);
        break;
      case 'recordingChanged':
        this.#put('recording', fact);
        break;
      case 'settingsChanged':
        this.#put('settings', fact);
        break;
      case 'reaction':
        this.#react(fact);
        break;
      case 'roomUpdated':
        this.#put('room', fact);
    }
  }

  /** Who is heard, or how loud, may be different now. */
  speakersChanged(): void {
    if (this.#closed) return;
    this.#speakersChanged = true;
    this.#schedule();
  }

  /** Somebody listens from now on, who knows who was heard at this moment, and not what was told last. */
  listenerCame(): void {
    this.#heard = undefined;
  }

  /** Nothing is told any more. Idempotent. */
  close(): void {
    this.#closed = true;
    clearImmediate(this.#immediate);
    clearTimeout(this.#timer);
  }

  #put(key: string, fact: GatheredFact): void {
    // To the end: a fact must not come before what led to it.
    this.#facts.delete(key);
    this.#facts.set(key, fact);
    this.#schedule();
  }

  /** It is about a moment: where everybody does so at once, some will do. */
  #react(fact: GatheredFact): void {
    this.#reactions += 1;
    if (this.#reactions <= MAX_REACTIONS) this.#put(`reaction ${this.#reactions}`, fact);
  }

  #isNew(peerId: string, producerId?: string): boolean {
    return this.#facts.has(`joined ${peerId}`) || this.#facts.has(`producer ${producerId ?? ''}`);
  }

  #dropAllOf(peerId: string): void {
    for (const [key, fact] of this.#facts) if (ownerOf(fact) === peerId) this.#facts.delete(key);
  }

  #asOfNow(fact: GatheredFact): RoomFact[] {
    if (fact[0] === 'peerJoined') {
      const peer = this.#source.peer(fact[1].peer.peerId);
      return peer ? [['peerJoined', { peer }]] : [];
    }
    if (fact[0] === 'newProducer') {
      const { peerId, producerId } = fact[1].producer;
      const producer = this.#source.peer(peerId)?.producers.find((one) => one.producerId === producerId);
      return producer ? [['newProducer', { producer }]] : [];
    }
    return [fact];
  }

  #speakers(): RoomFact[] {
    const speakers = this.#source.speakers();
    const heard = JSON.stringify(speakers);
    if (heard === this.#heard) return [];
    this.#heard = heard;
    return [['speakersChanged', speakers]];
  }

  #schedule(): void {
    if (this.#immediate ?? this.#timer) return;
    const { listeners } = this.#source;
    if (listeners <= SMALL_ROOM) this.#immediate = setImmediate(() => this.#flush());
    else this.#timer = setTimeout(() => this.#flush(), Math.min(listeners * PER_PEER, LATEST)).unref();
  }

  #flush(): void {
    this.#immediate = undefined;
    this.#timer = undefined;
    const facts: RoomFact[] = [...this.#facts.values()].flatMap((fact) => this.#asOfNow(fact));
    this.#facts.clear();
    this.#reactions = 0;
    if (this.#speakersChanged) facts.push(...this.#speakers());
    this.#speakersChanged = false;
    if (facts.length > 0) this.#emit(facts);
  }
}

/** Whose leaving makes the fact idle; what somebody said stays said. */
function ownerOf([name, payload]: GatheredFact): string | undefined {
  switch (name) {
    case 'peerJoined':
      return payload.peer.peerId;
    case 'newProducer':
      return payload.producer.peerId;
    case 'chatMessage':
    case 'roomConfigured':
    case 'recordingChanged':
    case 'settingsChanged':
    case 'roomUpdated':
      return undefined;
    default:
      return payload.peerId;
  }
}
