import { setTimeout as wait } from 'node:timers/promises';
import { NodeMove } from '../../client/lib/NodeMove.ts';
import { SignalingClient } from '../../client/lib/SignalingClient.ts';
import type { EventPayloads } from '../../src/protocol/events.ts';
import type { PeerInfo } from '../../src/protocol/models.ts';
import type { RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { tokenFor } from '../cores/operator.ts';

/** ms for which the SDK stays on the former node when everything is on the other one. */
const OVERLAP = 1500;

/** Somebody in a room, on one node, who sends and receives no media and notes who is there and what is said. */
export class Witness {
  readonly name: string;
  readonly peerId: string;
  readonly #room: string;
  /** Where it looks for another node when it is to move. */
  readonly #home: string;
  readonly #client: SignalingClient;
  readonly #peers = new Map<string, string>();
  /** What was said, and when it was heard (ms of `performance.now()`). */
  readonly #heard = new Map<string, number>();
  #left: string[] = [];
  #cameAgain: string[] = [];
  #toldAgain = 0;

  private constructor(parts: {
    name: string;
    peerId: string;
    room: string;
    home: string;
    client: SignalingClient;
    peers: readonly PeerInfo[];
  }) {
    const { name, peerId, room, home, client, peers } = parts;
    this.name = name;
    this.peerId = peerId;
    this.#room = room;
    this.#home = home;
    this.#client = client;
    for (const peer of peers) this.#peers.set(peer.peerId, peer.name);
    client.on('peerJoined', ({ peer }) => this.#joined(peer));
    client.on('peerLeft', ({ peerId: whose, reason }) => this.#gone(whose, reason));
    client.on('chatMessage', ({ message }) => {
      if (!this.#heard.has(message.text)) this.#heard.set(message.text, performance.now());
    });
    client.on('moving', (how) => void this.#move(how));
    client.release();
  }

  /** As an admin of the room. @param home The load balancer, for those who are to go on when their node ends. */
  static async enter(url: string, room: string, name: string, home = url): Promise<Witness> {
    const token = await tokenFor(name, { roomJoin: true, roomAdmin: true, room });
    const client = new SignalingClient({ url });
    client.hold();
    await new Promise<void>((resolve, reject) => {
      client.once('connected', resolve);
      client.once('refused', reject);
      client.once('connectFailed', reject);
      client.open();
    });
    const { peerId, snapshot } = await client.request('join', { room, name, token, data: false });
    return new Witness({ name, peerId, room, home, client, peers: snapshot.peers });
  }

  /** Everybody in the room, itself included, in alphabetical order; somebody who is there twice is twice in it. */
  get names(): string[] {
    return [...this.#peers.values()].sort();
  }

  /** The same by peer id. */
  get peers(): ReadonlyMap<string, string> {
    return this.#peers;
  }

  /** From now on it notes who leaves, and who comes. */
  watch(): void {
    this.#left = [];
    this.#cameAgain = [];
    this.#toldAgain = 0;
  }

  /** Who was told to have left since `watch`, and why. */
  get left(): readonly string[] {
    return this.#left;
  }

  /** Who was told to have joined since `watch`, as somebody new, while there. */
  get cameAgain(): readonly string[] {
    return this.#cameAgain;
  }

  /** Facts since `watch` that somebody joined who was known by the same id, which change nothing for anybody. */
  get toldAgain(): number {
    return this.#toldAgain;
  }

  /** When it heard something (ms of `performance.now()`); undefined: not yet. */
  heard(text: string): number | undefined {
    return this.#heard.get(text);
  }

  request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestAnswers[N]> {
    return this.#client.request(name, payload);
  }

  async leave(): Promise<void> {
    await this.#client.request('leave', {}).catch(() => undefined);
    this.#client.close();
  }

  /** Without a word. */
  close(): void {
    this.#client.close();
  }

  #joined({ peerId, name }: PeerInfo): void {
    if (this.#peers.has(peerId)) this.#toldAgain++;
    else if (this.names.includes(name)) this.#cameAgain.push(name);
    this.#peers.set(peerId, name);
  }

  #gone(peerId: string, reason: string): void {
    this.#left.push(`${this.#peers.get(peerId) ?? peerId} (${reason})`);
    this.#peers.delete(peerId);
  }

  /** Has no media to take along, but stays as long as those who have. */
  async #move({ ticket, endsIn }: EventPayloads['moving']): Promise<void> {
    const client = this.#client;
    if (ticket === undefined) {
      const { mediaEpoch } = await client.request('beginMove', {});
      await client.request('endMove', { mediaEpoch });
      return;
    }
    const connectAnew = (): SignalingClient => new SignalingClient({ url: this.#home });
    const join = { room: this.#room, ticket, data: false };
    const move = new NodeMove({ signaling: client, connectAnew, join, endsIn });
    try {
      const { snapshot } = await move.join();
      move.change();
      const there = new Set(snapshot.peers.map(({ peerId }) => peerId));
      for (const peerId of [...this.#peers.keys()])
        if (!there.has(peerId)) this.#gone(peerId, 'not on the other node');
      for (const peer of snapshot.peers) if (!this.#peers.has(peer.peerId)) this.#joined(peer);
      client.release();
      await wait(OVERLAP);
    } finally {
      move.end();
    }
  }
}
