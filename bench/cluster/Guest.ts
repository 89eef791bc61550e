import type { EventPayloads } from '../../src/protocol/events.ts';
import { SignalingPeer } from '../../test/support/signalingPeer.ts';

/** One person without media, who takes note of when others appear. */
export class Guest {
  /** ms from opening the socket to the answer with the room's snapshot. */
  joinTook = NaN;
  /** On the clock of `performance.now()`. */
  joinedAt = NaN;
  peerId = '';
  readonly room: string;
  readonly node: number;
  /** When it heard of whom, itself included; NaN of those who were there before it. */
  readonly heard = new Map<string, number>();
  #peer: SignalingPeer | undefined;

  constructor(room: string, node: number) {
    this.room = room;
    this.node = node;
  }

  /** Others of whom it knows. */
  get known(): number {
    return this.heard.size - (this.heard.has(this.peerId) ? 1 : 0);
  }

  async enter(url: string): Promise<void> {
    const opened = performance.now();
    const peer = new SignalingPeer(url);
    this.#peer = peer;
    peer.socket.on('facts', ({ facts }: EventPayloads['facts']) => {
      for (const [name, payload] of facts)
        if (name === 'peerJoined' && !this.heard.has(payload.peer.peerId))
          this.heard.set(payload.peer.peerId, performance.now());
    });
    await peer.connected();
    const { peerId, snapshot } = await peer.request('join', { room: this.room, data: false });
    this.joinedAt = performance.now();
    this.joinTook = this.joinedAt - opened;
    this.peerId = peerId;
    for (const other of snapshot.peers) this.heard.set(other.peerId, NaN);
  }

  /** Says goodbye, so that its place is free at once. */
  async leave(): Promise<void> {
    await this.#peer?.request('leave', {});
    this.close();
  }

  /** Idempotent. */
  close(): void {
    this.#peer?.close();
    this.#peer = undefined;
  }
}
