import { SignalingClient } from '../../client/lib/SignalingClient.ts';
import type { PeerInfo } from '../../src/protocol/models.ts';
import type { RequestAnswers, RequestName, RequestPayload } from '../../src/protocol/requests.ts';
import { tokenFor } from '../cores/operator.ts';

/** Somebody in a room, on one node, who sends and receives no media and notes who is there and what is said. */
export class Witness {
  readonly name: string;
  readonly peerId: string;
  readonly #client: SignalingClient;
  readonly #peers: Map<string, string>;
  /** What was said, and when it was heard (ms of `performance.now()`). */
  readonly #heard: Map<string, number>;

  private constructor(
    name: string,
    peerId: string,
    client: SignalingClient,
    peers: Map<string, string>,
    heard: Map<string, number>,
  ) {
    this.name = name;
    this.peerId = peerId;
    this.#client = client;
    this.#peers = peers;
    this.#heard = heard;
  }

  /** As an admin of the room. */
  static async enter(url: string, room: string, name: string): Promise<Witness> {
    const token = await tokenFor(name, { roomJoin: true, roomAdmin: true, room });
    const client = new SignalingClient({ url });
    const peers = new Map<string, string>();
    const heard = new Map<string, number>();
    const add = ({ peerId, name: theirs }: PeerInfo): void => void peers.set(peerId, theirs);
    client.on('peerJoined', ({ peer }) => add(peer));
    client.on('peerLeft', ({ peerId }) => peers.delete(peerId));
    client.on('chatMessage', ({ message }) => {
      if (!heard.has(message.text)) heard.set(message.text, performance.now());
    });
    await new Promise<void>((resolve, reject) => {
      client.once('connected', resolve);
      client.once('refused', reject);
      client.once('connectFailed', reject);
      client.open();
    });
    const { peerId, snapshot } = await client.request('join', { room, name, token, data: false });
    for (const peer of snapshot.peers) add(peer);
    return new Witness(name, peerId, client, peers, heard);
  }

  /** Everybody in the room, itself included, in alphabetical order; somebody who is there twice is twice in it. */
  get names(): string[] {
    return [...this.#peers.values()].sort();
  }

  /** The same by peer id. */
  get peers(): ReadonlyMap<string, string> {
    return this.#peers;
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
}
