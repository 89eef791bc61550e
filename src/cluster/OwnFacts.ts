import { randomUUID } from 'node:crypto';
import type { MediaCloseReason } from '../protocol/events.ts';
import type { ChatMessage, ForwardingSettings, PeerCloseReason } from '../protocol/models.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import { Throttle } from '../support/Throttle.ts';
import { OwnDefinition } from './OwnDefinition.ts';
import { OwnMediaFacts, type MediaFactName } from './OwnMediaFacts.ts';
import type { Batch, SharedFact, SharedSettings, SharedState, StateRequest } from './sharedState.ts';

/** ms between two messages about who is heard, but for who takes the floor. */
const HEARD = 1000;

/** What happens to be told; as of when it is told, where there is a later state. */
type Gathered =
  | { fact: 'peer'; closed: Record<string, MediaCloseReason> }
  | { fact: 'left'; reason: PeerCloseReason }
  | { fact: 'chat'; message: ChatMessage }
  | { fact: 'reaction'; peerId: string; reaction: string }
  | { fact: 'settings' | 'definition' | 'lobby' | 'recording' | 'heard' | 'decoders' | MediaFactName };

export interface OwnFactsOptions {
  room: Room;
  /** This node's id. */
  node: string;
  /** Whether anybody would hear. */
  isHeard: () => boolean;
  publish: (batch: Batch) => void;
}

/**
 * What this node, and no other, knows of a room: its own peers and what they do. It is gathered and told once per turn
 * of the event loop, numbered, so that whoever missed something finds out.
 */
export class OwnFacts {
  readonly #room: Room;
  readonly #node: string;
  readonly #isHeard: () => boolean;
  readonly #publish: (batch: Batch) => void;
  /** In order; by what a later fact supersedes. */
  readonly #gathered = new Map<string, Gathered>();
  /** Messages of own peers, by id; as many as the room remembers. */
  readonly #said = new Set<string>();
  readonly #speakers = new Throttle(() => this.#gather('heard', { fact: 'heard' }));
  /** What the room is on all nodes. */
  readonly definition: OwnDefinition;
  readonly #media: OwnMediaFacts;
  readonly #off: (() => void)[];
  #settings: SharedSettings;
  /** The room's, when they were looked at last. */
  #values: ForwardingSettings;
  #isTakingOver = false;
  #version = 0;
  #heard = '';
  #decoders = '';
  #immediate: NodeJS.Immediate | undefined;
  #closed = false;

  constructor({ room, node, isHeard, publish }: OwnFactsOptions) {
    this.#room = room;
    this.#node = node;
    this.#isHeard = isHeard;
    this.#publish = publish;
    this.#values = room.forwarding.settings;
    this.#settings = { revision: 0, by: '', values: this.#values };
    this.#media = new OwnMediaFacts(room, isHeard, (fact) => this.#gather(fact, { fact }));
    this.definition = new OwnDefinition(room, node, () => this.#gather('definition', { fact: 'definition' }));
    this.#off = [
      room.on('peerJoined', (peer) => this.#joined(peer)),
      room.on('peerLeft', (peer, reason) => this.#left(peer, reason)),
      room.on('peerUpdated', ({ id }) => this.#changed(id)),
      room.on('producerAdded', ({ peerId }) => this.#changed(peerId)),
      room.on('producerPaused', ({ peerId }) => this.#changed(peerId)),
      room.on('producerResumed', ({ peerId }) => this.#changed(peerId)),
      room.on('producerClosed', ({ peerId, producerId }, reason) =>
        this.#changed(peerId, { [producerId]: reason }),
      ),
      room.on('chat', (message) => this.#chat(message)),
      room.conduct.on('reacted', (reaction, by) => {
        if (by === 'here') this.#gather(`reaction ${randomUUID()}`, { fact: 'reaction', ...reaction });
      }),
      room.conduct.lobby.on('changed', (by) => {
        if (by === 'here') this.#gather('lobby', { fact: 'lobby' });
      }),
      room.on('speakersChanged', (what) => {
        if (what === 'floor') this.#speakers.now();
        else this.#speakers.notWithin(HEARD);
      }),
      room.forwarding.on('configured', () => this.#configured()),
      room.recording.on('ownChanged', () => this.#gather('recording', { fact: 'recording' })),
    ];
  }

  /** All of it as of now. What waits to be told is told first, so that it is not told again after this. */
  state({ chat }: StateRequest): SharedState {
    this.flush();
    // Who gets this knows something else than what was told last.
    this.#heard = '';
    this.#decoders = '';
    const room = this.#room;
    const isWanted = ({ messageId, sentAt }: ChatMessage): boolean =>
      chat === 'all' || (sentAt >= chat.since && this.#said.has(messageId));
    return {
      epoch: room.id,
      version: this.#version,
      createdAt: room.createdAt,
      peers: [...room.peers.values()].map((peer) => peer.info()),
      permissions: Object.fromEntries(
        [...room.peers.values()].map(({ id, permissions }) => [id, permissions]),
      ),
      definition: this.definition.shared,
      recording: room.recording.own.recording,
      waiting: room.conduct.lobby.here,
      former: room.conduct.former.all,
      heard: this.#heardHere(),
      settings: this.#settings,
      decoders: this.#decodersHere(),
      chat: room.chat.messages.filter(isWanted),
      media: this.#media.state(),
    };
  }

  /** Takes over another node's settings when they are newer. */
  configure(settings: SharedSettings): void {
    const { revision, by } = this.#settings;
    if (settings.revision < revision || (settings.revision === revision && settings.by <= by)) return;
    this.#settings = settings;
    this.#isTakingOver = true;
    this.#room.forwarding.configure(settings.values);
    this.#isTakingOver = false;
    this.#values = this.#room.forwarding.settings;
  }

  /** Tells what waits. */
  flush(): void {
    clearImmediate(this.#immediate);
    this.#immediate = undefined;
    const facts = [...this.#gathered].flatMap(([key, gathered]) => this.#asOfNow(key, gathered));
    this.#gathered.clear();
    if (facts.length === 0) return;
    this.#version += 1;
    this.#publish({ epoch: this.#room.id, version: this.#version, facts });
  }

  /** Nothing is told any more. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const off of this.#off.splice(0)) off();
    this.#speakers.close();
    this.definition.close();
    this.#media.close();
    clearImmediate(this.#immediate);
    this.#gathered.clear();
  }

  #joined(peer: Peer): void {
    peer.consumers.capabilities.on('changed', () => this.#gather('decoders', { fact: 'decoders' }));
    peer.producers.on('resized', () => this.#changed(peer.id));
    peer.on('permissionsChanged', () => this.#changed(peer.id));
    this.#changed(peer.id);
  }

  #changed(peerId: string, closed: Record<string, MediaCloseReason> = {}): void {
    const before = this.#gathered.get(peerId);
    if (before?.fact === 'peer') Object.assign(before.closed, closed);
    else this.#gather(peerId, { fact: 'peer', closed });
  }

  #left({ id }: Peer, reason: PeerCloseReason): void {
    // To the end: what it said comes before.
    this.#gathered.delete(id);
    this.#gather(id, { fact: 'left', reason });
    this.#gather('decoders', { fact: 'decoders' });
  }

  #chat(message: ChatMessage): void {
    this.#said.add(message.messageId);
    if (this.#said.size > 2 * this.#room.chat.messages.length) this.#forgetSaid();
    this.#gather(`chat ${message.messageId}`, { fact: 'chat', message });
  }

  #forgetSaid(): void {
    const kept = new Set(this.#room.chat.messages.map(({ messageId }) => messageId));
    for (const messageId of this.#said) if (!kept.has(messageId)) this.#said.delete(messageId);
  }

  #configured(): void {
    const values = this.#room.forwarding.settings;
    // It may be the video codec alone that is different.
    if (this.#isTakingOver || values === this.#values) return;
    this.#values = values;
    this.#settings = { revision: this.#settings.revision + 1, by: this.#node, values };
    this.#gather('settings', { fact: 'settings' });
  }

  #gather(key: string, gathered: Gathered): void {
    if (this.#closed || !this.#isHeard()) return;
    this.#gathered.set(key, gathered);
    this.#immediate ??= setImmediate(() => this.flush());
  }

  #asOfNow(key: string, gathered: Gathered): SharedFact[] {
    switch (gathered.fact) {
      case 'peer': {
        const own = this.#room.peers.get(key);
        const { closed } = gathered;
        if (!own) return [];
        const peer = own.info();
        const tracks = this.#media.tracksOf(peer.producers);
        const { permissions } = own;
        return [
          { fact: 'peer', peer, tracks, permissions, ...(Object.keys(closed).length > 0 ? { closed } : {}) },
        ];
      }
      case 'left':
        return [{ fact: 'left', peerId: key, reason: gathered.reason }];
      case 'chat':
      case 'reaction':
        return [gathered];
      case 'lobby':
        return [{ fact: 'lobby', waiting: this.#room.conduct.lobby.here }];
      case 'settings':
        return [{ fact: 'settings', settings: this.#settings }];
      case 'definition':
        return [{ fact: 'definition', definition: this.definition.shared }];
      case 'recording':
        return [{ fact: 'recording', ...this.#room.recording.own }];
      case 'heard': {
        const heard = this.#heardHere();
        const text = JSON.stringify(heard);
        if (text === this.#heard) return [];
        this.#heard = text;
        return [{ fact: 'heard', heard }];
      }
      case 'decoders': {
        const decoders = this.#decodersHere();
        const text = JSON.stringify(decoders);
        if (text === this.#decoders) return [];
        this.#decoders = text;
        return [{ fact: 'decoders', decoders }];
      }
      default:
        return this.#media.take(gathered.fact);
    }
  }

  #heardHere(): SharedState['heard'] {
    const { dominantPeerId, levels } = this.#room.speakers.here;
    return { dominantPeerId, levels: [...levels] };
  }

  /** Each list once: people use few different browsers. */
  #decodersHere(): string[][] {
    const lists = new Map<string, string[]>();
    for (const { consumers } of this.#room.peers.values()) {
      const { videoCodecs } = consumers.capabilities;
      if (videoCodecs) lists.set(videoCodecs.join(), [...videoCodecs]);
    }
    return [...lists].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, list]) => list);
  }
}
