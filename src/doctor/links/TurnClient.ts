import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { nobody, type Link } from './link.ts';
import { askStun, type Answered } from './request.ts';
import {
  ATTRIBUTE,
  decodeAddress,
  decodeStun,
  encodeAddress,
  encodeStun,
  isFailure,
  MESSAGE,
  newTransactionId,
  uint32,
  type Attribute,
  type Endpoint,
} from './stunMessage.ts';

/** Of IP: what is relayed are datagrams, however the client itself comes (RFC 8656 section 18.7). */
const UDP = 17;
const UNAUTHORIZED = 401;
const STALE_NONCE = 438;

export interface TurnLogin {
  username: string;
  credential: string;
}

/** A TURN server said no (RFC 8656 section 19). */
export class TurnRefusal extends Error {
  readonly code: number;

  constructor(code: number, reason: string) {
    super(`${code} ${reason}`.trim());
    this.name = 'TurnRefusal';
    this.code = code;
  }
}

/** One allocation on a TURN server (RFC 8656). */
export class TurnClient {
  readonly #link: Link;
  readonly #login: TurnLogin;
  readonly #deadline: number;
  #realm: Buffer = Buffer.alloc(0);
  #nonce: Buffer | undefined;
  #relays: { peer: Endpoint; link: Link }[] = [];

  /** @param deadline ms within which each answer has to come. */
  constructor(link: Link, login: TurnLogin, deadline: number) {
    this.#link = link;
    this.#login = login;
    this.#deadline = deadline;
    link.onMessage = (data) => this.#hear(data);
  }

  /**
   * Asks for an address that datagrams are relayed from.
   *
   * @throws TurnRefusal; ParleyError `timeout`; the link's error.
   */
  async allocate(family: 'ipv4' | 'ipv6' = 'ipv4'): Promise<Endpoint> {
    const { message } = await this.#ask(MESSAGE.allocateRequest, () => [
      [ATTRIBUTE.requestedTransport, Buffer.from([UDP, 0, 0, 0])],
      // REQUESTED-ADDRESS-FAMILY (RFC 8656 section 18.6), which not all servers know.
      ...(family === 'ipv6' ? [[0x0017, Buffer.from([2, 0, 0, 0])] as const] : []),
    ]);
    const relayed = message.attributes.get(ATTRIBUTE.xorRelayedAddress);
    if (!relayed) throw new TurnRefusal(0, 'the answer names no relayed address');
    return decodeAddress(relayed, message.transactionId);
  }

  /** The way through the relay to a peer. @throws as `allocate`; a refusal is 403 where the server may not relay there. */
  async relayTo(peer: Endpoint): Promise<Link> {
    await this.#ask(MESSAGE.createPermissionRequest, (id) => [
      [ATTRIBUTE.xorPeerAddress, encodeAddress(peer, id)],
    ]);
    const relay = {
      peer,
      link: {
        send: (message: Buffer) => this.#sendTo(peer, message),
        onMessage: nobody,
        onLost: nobody,
        close: () => (this.#relays = this.#relays.filter((other) => other !== relay)),
      } as Link,
    };
    this.#link.onLost = (error) => this.#relays.forEach(({ link }) => link.onLost(error));
    this.#relays.push(relay);
    return relay.link;
  }

  /** Gives the allocation back, as far as the server still listens. */
  async close(): Promise<void> {
    this.#relays = [];
    await this.#ask(MESSAGE.refreshRequest, () => [[ATTRIBUTE.lifetime, uint32(0)]]).catch(nobody);
    this.#link.close();
  }

  async #ask(type: number, attributes: (transactionId: Buffer) => Attribute[]): Promise<Answered> {
    const first = await this.#exchange(type, attributes);
    const { code } = first.message.error ?? {};
    // Whoever comes without a nonce, or with one that is too old, is told the right one.
    const isToldHow = (code === UNAUTHORIZED && this.#nonce === undefined) || code === STALE_NONCE;
    const answer = isToldHow && this.#learn(first) ? await this.#exchange(type, attributes) : first;
    const { error } = answer.message;
    if (isFailure(answer.message)) throw new TurnRefusal(error?.code ?? 0, error?.reason ?? '');
    return answer;
  }

  #learn({ message }: Answered): boolean {
    this.#realm = message.attributes.get(ATTRIBUTE.realm) ?? this.#realm;
    this.#nonce = message.attributes.get(ATTRIBUTE.nonce);
    return this.#nonce !== undefined;
  }

  #exchange(type: number, attributes: (transactionId: Buffer) => Attribute[]): Promise<Answered> {
    const id = newTransactionId();
    return askStun(this.#link, this.#request(type, id, attributes(id)), { deadline: this.#deadline });
  }

  /** With the long-term credential mechanism (RFC 8489 section 9.2), once the server has told its realm. */
  #request(type: number, id: Buffer, attributes: Attribute[]): Buffer {
    if (!this.#nonce) return encodeStun(type, id, attributes);
    const { username, credential } = this.#login;
    const key = createHash('md5').update(`${username}:${this.#realm.toString()}:${credential}`).digest();
    const login: Attribute[] = [
      [ATTRIBUTE.username, Buffer.from(username)],
      [ATTRIBUTE.realm, this.#realm],
      [ATTRIBUTE.nonce, this.#nonce],
    ];
    return encodeStun(type, id, [...attributes, ...login], key);
  }

  #sendTo(peer: Endpoint, message: Buffer): void {
    const id = newTransactionId();
    const wrapped: Attribute[] = [
      [ATTRIBUTE.xorPeerAddress, encodeAddress(peer, id)],
      [ATTRIBUTE.data, message],
    ];
    this.#link.send(encodeStun(MESSAGE.sendIndication, id, wrapped));
  }

  #hear(data: Buffer): void {
    const message = decodeStun(data);
    const from = message?.attributes.get(ATTRIBUTE.xorPeerAddress);
    const carried = message?.attributes.get(ATTRIBUTE.data);
    if (message?.type !== MESSAGE.dataIndication || !from || !carried) return;
    const { address, port } = decodeAddress(from, message.transactionId);
    const relay = this.#relays.find(({ peer }) => sameAddress(peer.address, address) && peer.port === port);
    relay?.link.onMessage(carried);
  }
}

function sameAddress(a: string, b: string): boolean {
  const plain = (address: string): string =>
    isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
  return plain(a) === plain(b);
}
