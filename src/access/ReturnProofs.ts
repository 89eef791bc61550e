import { createHmac, timingSafeEqual } from 'node:crypto';

const BYTES = 32;

/**
 * What a peer is given so that it can show later which peer it was, on any node that has the same secret. It says no more
 * than that: whether anybody is remembered under that id is for the room to know.
 */
export class ReturnProofs {
  readonly #secret: string;

  constructor(apiSecret: string) {
    this.#secret = apiSecret;
  }

  issue(room: string, peerId: string): string {
    return `${peerId}.${this.#sign(room, peerId).toString('base64url')}`;
  }

  /** The id that the bearer had in this room; undefined for what is no proof. */
  read(room: string, proof: string | undefined): string | undefined {
    const end = proof?.lastIndexOf('.') ?? -1;
    if (proof === undefined || end < 0) return undefined;
    const peerId = proof.slice(0, end);
    const signature = Buffer.from(proof.slice(end + 1), 'base64url');
    const isRight = signature.length === BYTES && timingSafeEqual(signature, this.#sign(room, peerId));
    return isRight ? peerId : undefined;
  }

  #sign(room: string, peerId: string): Buffer {
    return createHmac('sha256', this.#secret).update(`parley return\n${room}\n${peerId}`).digest();
  }
}
