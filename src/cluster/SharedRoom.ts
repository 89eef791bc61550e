import type { Room } from '../sfu/Room.ts';
import type { RoomCloseReason } from '../sfu/roomParts.ts';
import { ParleyError } from '../support/errors.ts';
import type { Cluster, ClusterMessage, ClusterRoom } from './cluster.ts';
import type { NodeMedia, RoomNodeMedia } from './media/NodeMedia.ts';
import { OwnFacts } from './OwnFacts.ts';
import { RemoteState } from './RemoteState.ts';
import { DATA, SharedData } from './SharedData.ts';
import { readBatch, readState, type Batch, type SharedState, type StateRequest } from './sharedState.ts';

/** What a member is asked for. */
export const STATE_REQUEST = 'room.state';
const FACTS = 'room.facts';
const CLOSE = 'room.close';

/** ms after which a member that could not be asked is asked again. */
const RETRY = 500;
/**
 * ms for which the peers of a node stay that is not among the members any more but alive: after a FLUSHALL the nodes
 * register anew one after the other, and nobody left.
 */
const REGISTERS_WITHIN = 2000;
/** ms from a room's beginning for which joins wait to be told who else is in it. */
const KNOWN_WITHIN = 1000;

/**
 * One room of this node, shared with the other nodes that have it: each tells what it alone knows, and this node keeps
 * what the others told last.
 */
export class SharedRoom {
  /** Resolves once it is known what is on the other nodes, as far as that can be had soon. */
  readonly known: Promise<void>;
  readonly #room: Room;
  readonly #cluster: Cluster;
  readonly #shared: ClusterRoom;
  readonly #own: OwnFacts;
  readonly #media: RoomNodeMedia;
  readonly #data: SharedData;
  readonly #members = new Map<string, RemoteState>();
  readonly #off: (() => void)[];
  readonly #knownTimer: NodeJS.Timeout;
  #isKnown = false;
  #resolveKnown: () => void = () => undefined;
  /** Whether somebody gave or gives the whole chat. */
  #hasChat = false;
  #isClosedByOthers = false;
  #closed = false;

  constructor(room: Room, cluster: Cluster, nodeMedia: NodeMedia) {
    this.#room = room;
    this.#cluster = cluster;
    this.#shared = cluster.rooms.enter(room.name);
    this.#media = nodeMedia.enter({
      name: room.name,
      publication: (producerId) => {
        const { producer, publication } = room.tracks.local(producerId) ?? {};
        const router = publication?.home;
        return !producer || !router || typeof router === 'string' ? undefined : { producer, router };
      },
    });
    room.media.reach((node, producerId, to) => this.#media.bring(node, producerId, to));
    this.#data = new SharedData(room, cluster, this.#shared);
    this.known = new Promise((resolve) => (this.#resolveKnown = resolve));
    this.#knownTimer = setTimeout(() => this.#becomesKnown(), KNOWN_WITHIN).unref();
    this.#own = new OwnFacts({
      room,
      node: cluster.nodes.self.id,
      isHeard: () => this.#shared.members.size > 0,
      publish: (batch) => this.#publish(batch),
    });
    this.#off = [
      this.#shared.on('memberJoined', (node) => this.#memberJoined(node)),
      this.#shared.on('memberLeft', (node) => this.#memberLeft(node)),
      this.#shared.on('resync', (from) => this.#resync(from)),
      this.#shared.on('message', (message) => this.#received(message)),
      this.#shared.on('entered', () => this.#look()),
      cluster.nodes.on('nodeLeft', (node) => this.#drop(node)),
      cluster.on('disconnected', () => this.#look()),
    ];
    room.once('closed', (reason) => this.#roomClosed(reason));
    this.#look();
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** What this node alone knows. */
  state(request: StateRequest): SharedState {
    return this.#own.state(request);
  }

  #memberJoined(node: string): void {
    let member = this.#members.get(node);
    if (!member) this.#members.set(node, (member = new RemoteState(node, this.#room)));
    member.stays();
    this.#ask(member);
  }

  #memberLeft(node: string): void {
    if (!this.#cluster.nodes.others.has(node)) this.#drop(node);
    else this.#members.get(node)?.goesIn(REGISTERS_WITHIN, () => this.#drop(node));
  }

  #drop(node: string): void {
    this.#members.get(node)?.close();
    this.#members.delete(node);
    this.#look();
  }

  #resync(from: string | null): void {
    for (const member of this.#members.values()) if (from === null || from === member.node) this.#ask(member);
  }

  #received({ from, type, data }: ClusterMessage): void {
    if (type === CLOSE) {
      this.#isClosedByOthers = true;
      this.#room.close('roomClosed');
      return;
    }
    if (type === DATA) this.#data.receive(data);
    const member = this.#members.get(from);
    if (type !== FACTS || !member) return;
    const batch = readBatch(data);
    if (!batch) {
      this.#room.logger.warn({ node: from }, 'another node tells what is not understood');
      return;
    }
    for (const fact of batch.facts) {
      if (fact.fact === 'settings') this.#own.configure(fact.settings);
      if (fact.fact === 'definition') this.#own.definition.take(fact.definition);
    }
    if (!member.take(batch)) this.#ask(member);
  }

  /** Asks a member for its state, once more if it is being asked already. */
  #ask(member: RemoteState): void {
    if (!member.beginAsking()) return;
    const isForChat = !this.#hasChat;
    this.#hasChat = true;
    this.#askNow(member, isForChat)
      .then(
        () => member.asked(),
        (error: unknown) => {
          if (isForChat) this.#hasChat = false;
          this.#failed(member, error);
        },
      )
      .finally(() => {
        if (member.isOutdated) this.#ask(member);
        this.#look();
      });
  }

  async #askNow(member: RemoteState, isForChat: boolean): Promise<void> {
    const request: StateRequest = {
      room: this.#room.name,
      chat: isForChat ? 'all' : { since: member.saidUntil },
    };
    const answer = await this.#cluster.bus.request(member.node, STATE_REQUEST, request);
    if (this.#closed || member.closed) return;
    const state = readState(answer);
    if (!state) throw new ParleyError('internal', 'the state of another node is not understood');
    this.#own.configure(state.settings);
    if (state.definition) this.#own.definition.take(state.definition);
    member.replace(state);
  }

  #failed(member: RemoteState, error: unknown): void {
    member.asked();
    if (this.#closed || member.closed) return;
    const code = error instanceof ParleyError ? error.code : 'internal';
    this.#room.logger.debug({ node: member.node, error }, 'another node did not tell its state');
    if (code === 'unavailable' || code === 'timeout') member.tryAgainIn(RETRY, () => this.#ask(member));
    // `notFound`: it is about to leave, or to enter anew.
    else if (code !== 'notFound')
      this.#room.logger.error({ node: member.node, error }, 'no state of another node');
  }

  /** Whether everything is known by now, or cannot be had. */
  #look(): void {
    const isKnown = this.#shared.isEntered && [...this.#members.values()].every(({ wasAsked }) => wasAsked);
    if (!isKnown && this.#cluster.connected && !this.#closed) return;
    this.#becomesKnown();
  }

  #becomesKnown(): void {
    clearTimeout(this.#knownTimer);
    this.#isKnown = true;
    this.#resolveKnown();
  }

  #publish(batch: Batch): void {
    try {
      this.#shared.publish(FACTS, batch);
    } catch (error) {
      // The next batch shows that one is missing.
      this.#room.logger.error({ error }, 'the other nodes cannot be told what happened');
    }
  }

  #roomClosed(reason: RoomCloseReason): void {
    this.#own.flush();
    this.#own.close();
    if (reason === 'roomClosed' && !this.#isClosedByOthers && this.#shared.members.size > 0) {
      this.#shared.publish(CLOSE, {});
    }
    this.#closed = true;
    for (const off of this.#off.splice(0)) off();
    for (const member of this.#members.values()) member.close();
    this.#members.clear();
    this.#data.close();
    this.#media.close();
    this.#shared.leave();
    this.#look();
  }
}
