import type { Pacer } from '../../loadtest/media/Pacer.ts';
import {
  EXPECTED_VIDEOS,
  type ConsumerInfo,
  type ProducerInfo,
  type View,
} from '../../src/protocol/models.ts';
import type { EventPayloads } from '../../src/protocol/events.ts';
import {
  opusParameters,
  rtpCapabilities,
  vp8SimulcastParameters,
} from '../../test/support/fabricatedMedia.ts';
import { SignalingPeer } from '../../test/support/signalingPeer.ts';
import { Microphone } from './Microphone.ts';

/** Tiles of a page. */
export const TILES = 9;
const TILE = { width: 426, height: 240 };
/** As the SDK's. */
const BATCH = 256;
/** ms for which the SDK gathers what it asks for. */
const GATHERED = 20;

/** How an attendee takes part. */
export interface Conduct {
  /** Publishes a camera and a microphone, both made up. */
  publishes: boolean;
  subscribes: boolean;
  /** Says what it looks at; or else it subscribes to that alone, and to all sound. */
  tells: boolean;
}

/** Somebody in the room without a browser: all of the signaling, and no media but what a `Microphone` sends. */
export class Attendee {
  readonly #peer: SignalingPeer;
  readonly #conduct: Conduct;
  readonly #counted = { messages: 0, bytes: 0, consumers: 0 };
  readonly #cameras = new Set<string>();
  readonly #missing = new Set<string>();
  readonly #unready = new Set<string>();
  readonly #page = new Set<string>();
  readonly #told = new Set<string>();
  /** Consumers by producer, for who chooses himself. */
  readonly #watched = new Map<string, string>();
  /** Of the page, from 0. */
  #number = 0;
  #peerId = '';
  #knowsCapabilities = false;
  #pass: NodeJS.Timeout | undefined;
  #passing: Promise<void> = Promise.resolve();
  #microphone: Microphone | undefined;
  #closed = false;

  constructor(url: string, conduct: Conduct) {
    this.#peer = new SignalingPeer(url);
    this.#conduct = conduct;
  }

  /** What it was told unasked, in messages and bytes, and consumers that were made for it, since it came. */
  get counted(): Readonly<{ messages: number; bytes: number; consumers: number }> {
    return this.#counted;
  }

  get isTalker(): boolean {
    return this.#microphone !== undefined;
  }

  /** @param pacer For somebody whose microphone really sends. */
  async join(room: string, pacer?: Pacer): Promise<void> {
    const { socket } = await this.#peer.connected();
    socket.io.engine.on('packet', ({ type, data }) => {
      // "2": an event (Socket.IO protocol, version 5).
      if (type !== 'message' || typeof data !== 'string' || !data.startsWith('2')) return;
      this.#counted.messages += 1;
      this.#counted.bytes += Buffer.byteLength(data);
    });
    socket.on('facts', ({ facts }: EventPayloads['facts']) => this.#hear(facts));
    socket.on('newConsumer', ({ consumer }: EventPayloads['newConsumer']) => this.#got([consumer]));
    const { peerId, snapshot, media } = await this.#peer.request('join', { room, data: false });
    this.#peerId = peerId;
    for (const { producers } of snapshot.peers) this.#found(producers);
    if (this.#conduct.tells) await this.#peer.request('setViews', { views: [] });
    if (!this.#conduct.publishes) return;
    const { transportId } = media.sendTransport;
    const [voice, picture] = [opusParameters(), vp8SimulcastParameters()];
    await Promise.all([
      this.#peer.request('produce', {
        transportId,
        kind: 'audio',
        source: 'microphone',
        rtpParameters: voice,
      }),
      this.#peer.request('produce', {
        transportId,
        kind: 'video',
        source: 'camera',
        rtpParameters: picture,
        width: 1280,
        height: 720,
      }),
    ]);
    if (!pacer) return;
    this.#microphone = await Microphone.open(media.sendTransport, voice, pacer, async (id, value) => {
      await this.#peer.request('connectTransport', {
        transportId: id,
        dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] },
      });
    });
  }

  /** Resolves when nothing is left to be asked for. */
  async settled(): Promise<void> {
    while (this.#pass) {
      await new Promise((resolve) => setTimeout(resolve, GATHERED));
      await this.#passing;
    }
  }

  speak(isSpeaking: boolean): void {
    this.#microphone?.speak(isSpeaking);
  }

  /** Leafs one page on or back, in one message. */
  async turnPage(): Promise<void> {
    if (!this.#conduct.subscribes || this.#closed) return;
    const before = [...this.#page];
    const pages = Math.ceil(this.#cameras.size / TILES);
    this.#number = (this.#number + (Math.random() < 0.5 ? 1 : pages - 1)) % pages;
    const shown = [...this.#cameras].slice(this.#number * TILES, (this.#number + 1) * TILES);
    this.#page.clear();
    for (const producerId of shown) this.#page.add(producerId);
    const hidden = before.filter((producerId) => !this.#page.has(producerId));
    if (!this.#conduct.tells) {
      for (const producerId of shown) if (!before.includes(producerId)) this.#missing.add(producerId);
      this.#plan();
      await this.#drop(hidden);
      return;
    }
    const views = [
      ...hidden.map((producerId) => view(producerId, false)),
      ...shown.map((producerId) => view(producerId, true)),
    ];
    await this.#peer.request('setViews', { views }).catch((error: unknown) => {
      if (!this.#closed) throw error;
    });
  }

  async #drop(producerIds: readonly string[]): Promise<void> {
    const consumerIds = producerIds.flatMap((producerId) => this.#watched.get(producerId) ?? []);
    for (const producerId of producerIds) this.#watched.delete(producerId);
    if (consumerIds.length > 0 && !this.#closed) await this.#peer.request('closeConsumers', { consumerIds });
  }

  #watch(producerId: string): void {
    this.#page.add(producerId);
    this.#missing.add(producerId);
  }

  async leave(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pass);
    await this.#peer.request('leave', {});
    this.close();
  }

  /** Without a word. Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#pass);
    this.#microphone?.close();
    this.#peer.close();
  }

  #hear(facts: EventPayloads['facts']['facts']): void {
    for (const fact of facts) {
      if (fact[0] === 'peerJoined') this.#found(fact[1].peer.producers);
      else if (fact[0] === 'newProducer') this.#found([fact[1].producer]);
      else if (fact[0] === 'producerClosed') this.#lost(fact[1].producerId);
    }
    // Nothing that waits here is needed by the benchmark, and there is much of it.
    this.#peer.told.length = 0;
  }

  #found(producers: readonly ProducerInfo[]): void {
    for (const { producerId, peerId, kind } of producers) {
      if (peerId === this.#peerId) continue;
      if (kind === 'video') this.#cameras.add(producerId);
      if (this.#conduct.subscribes && (this.#conduct.tells || kind === 'audio'))
        this.#missing.add(producerId);
      else if (this.#conduct.subscribes && this.#page.size < TILES) this.#watch(producerId);
    }
    this.#plan();
  }

  #lost(producerId: string): void {
    for (const known of [this.#cameras, this.#missing, this.#page, this.#told, this.#watched])
      known.delete(producerId);
  }

  #got(consumers: readonly ConsumerInfo[]): void {
    this.#counted.consumers += consumers.length;
    for (const { consumerId, producerId, resumed } of consumers) {
      if (!resumed) this.#unready.add(consumerId);
      this.#watched.set(producerId, consumerId);
    }
    this.#plan();
  }

  #plan(): void {
    if (this.#closed || (this.#missing.size === 0 && this.#unready.size === 0)) return;
    this.#pass ??= setTimeout(() => {
      this.#passing = this.#ask()
        .catch((error: unknown) => {
          if (!this.#closed) console.log(`an attendee asks in vain: ${String(error)}`);
        })
        .finally(() => {
          this.#pass = undefined;
          this.#plan();
        });
    }, GATHERED);
  }

  async #ask(): Promise<void> {
    for (const producerIds of taken(this.#missing)) {
      const { consumers } = await this.#peer.request('consume', {
        producerIds,
        ...(this.#knowsCapabilities ? {} : { rtpCapabilities }),
      });
      this.#knowsCapabilities = true;
      this.#got(consumers);
    }
    if (this.#conduct.tells) await this.#tellNew();
    for (const consumerIds of taken(this.#unready)) {
      await this.#peer.request('resumeConsumers', { consumerIds });
    }
  }

  /** Says of each camera that came whether there is room for it on the page, and fills up what others left. */
  async #tellNew(): Promise<void> {
    const views: View[] = [];
    for (const producerId of this.#cameras) {
      const isShown = this.#page.size < TILES && !this.#page.has(producerId);
      if (isShown) this.#page.add(producerId);
      else if (this.#told.has(producerId) || this.#page.size >= EXPECTED_VIDEOS) continue;
      this.#told.add(producerId);
      views.push(view(producerId, isShown));
    }
    if (views.length > 0) await this.#peer.request('setViews', { views });
  }
}

function view(producerId: string, visible: boolean): View {
  return { producerId, visible, ...(visible ? TILE : { width: 0, height: 0 }), importance: 'normal' };
}

/** All there are, in batches; they are in there no more. */
function taken(ids: Set<string>): string[][] {
  const all = [...ids];
  ids.clear();
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, batch) =>
    all.slice(batch * BATCH, (batch + 1) * BATCH),
  );
}
