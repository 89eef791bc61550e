import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { once } from 'node:events';

const MAGIC_COOKIE = 0x2112a442;
/** Methods (RFC 8489, RFC 8656 section 17). */
const METHODS = { allocate: 0x003, refresh: 0x004, send: 0x006, createPermission: 0x008, channelBind: 0x009 };
type Method = keyof typeof METHODS;
const SUCCESS = 0x100;
const FAILURE = 0x110;
const INDICATION = 0x010;
/** Attributes (RFC 8489 section 18.3, RFC 8656 section 18). */
const USERNAME = 0x0006;
const MESSAGE_INTEGRITY = 0x0008;
const ERROR_CODE = 0x0009;
const CHANNEL_NUMBER = 0x000c;
const LIFETIME = 0x000d;
const XOR_PEER_ADDRESS = 0x0012;
const DATA = 0x0013;
const REALM = 0x0014;
const NONCE = 0x0015;
const XOR_RELAYED_ADDRESS = 0x0016;
const REQUESTED_TRANSPORT = 0x0019;
const UDP = 17;
/** ms until a request is sent again, and how often it is. */
const RETRANSMIT = 500;
const ATTEMPTS = 10;

type Attribute = readonly [type: number, value: Buffer];

/** What the server says to a request: `ok`, or an error's number (RFC 8656 section 19). */
export type TurnAnswer = 'ok' | number;

export interface TurnLogin {
  username: string;
  credential: string;
}

/**
 * A TURN client over UDP (RFC 8656) which asks for whatever it is told to, as no browser would.
 */
export class TurnClient {
  /** What it signs its requests with. */
  login: TurnLogin;
  /** Where peers see it, once it has an allocation. */
  relayed: { address: string; port: number } | undefined;
  readonly #socket: Socket;
  readonly #server: { address: string; port: number };
  readonly #waiting = new Map<string, (message: Buffer) => void>();
  /** What relayed packets carried. */
  readonly received: Buffer[] = [];
  #realm: Buffer = Buffer.alloc(0);
  #nonce: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, server: { address: string; port: number }, login: TurnLogin) {
    this.#socket = socket;
    this.#server = server;
    this.login = login;
    socket.on('message', (message) => this.#hear(message));
    socket.on('error', () => undefined);
  }

  static async open(server: { address: string; port: number }, login: TurnLogin): Promise<TurnClient> {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    socket.bind();
    await once(socket, 'listening');
    return new TurnClient(socket, server, login);
  }

  close(): void {
    this.#socket.close();
  }

  async allocate(): Promise<TurnAnswer> {
    const transport: Attribute = [REQUESTED_TRANSPORT, Buffer.from([UDP, 0, 0, 0])];
    return this.#ask('allocate', [transport]);
  }

  /** @param seconds 0 gives the allocation back. */
  async refresh(seconds: number): Promise<TurnAnswer> {
    return this.#ask('refresh', [[LIFETIME, uint32(seconds)]]);
  }

  async createPermission(address: string, port = 0): Promise<TurnAnswer> {
    return this.#ask('createPermission', [this.#peer(address, port)]);
  }

  async channelBind(address: string, port: number, channel = 0x4000): Promise<TurnAnswer> {
    return this.#ask('channelBind', [[CHANNEL_NUMBER, uint32(channel << 16)], this.#peer(address, port)]);
  }

  /** Nobody answers an indication. */
  send(address: string, port: number, data: Buffer): void {
    const id = randomBytes(12);
    const peer: Attribute = [XOR_PEER_ADDRESS, mask(plainAddress(address, port), id)];
    const message = encode(METHODS.send | INDICATION, id, [peer, [DATA, data]]);
    this.#socket.send(message, this.#server.port, this.#server.address);
  }

  #peer(address: string, port: number): Attribute {
    // Of IPv6 addresses the transaction id is part of the mask: filled in when that is known.
    return [XOR_PEER_ADDRESS, plainAddress(address, port)];
  }

  async #ask(method: Method, attributes: readonly Attribute[]): Promise<TurnAnswer> {
    let answer = await this.#exchange(method, attributes, this.#nonce.length > 0);
    // Who comes without a nonce, or with a stale one, is told the right one.
    if (answer.code === 401 || answer.code === 438) {
      const wasAsked = this.#nonce.length > 0;
      this.#realm = answer.attributes.get(REALM) ?? this.#realm;
      this.#nonce = answer.attributes.get(NONCE) ?? this.#nonce;
      if (answer.code === 438 || !wasAsked) answer = await this.#exchange(method, attributes, true);
    }
    if (answer.code !== undefined) return answer.code;
    const relayed = answer.attributes.get(XOR_RELAYED_ADDRESS);
    if (relayed) this.relayed = readIpv4(relayed);
    return 'ok';
  }

  async #exchange(method: Method, attributes: readonly Attribute[], signed: boolean): Promise<Answer> {
    const id = randomBytes(12);
    const masked = attributes.map(([type, value]): Attribute => [
      type,
      type === XOR_PEER_ADDRESS ? mask(value, id) : value,
    ]);
    const message = signed
      ? sign(METHODS[method], id, masked, { ...this.login, realm: this.#realm, nonce: this.#nonce })
      : encode(METHODS[method], id, masked);
    const key = id.toString('hex');
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Answer>((resolve, reject) => {
        let attempts = 0;
        const send = (): void => {
          attempts += 1;
          if (attempts > ATTEMPTS) reject(new Error(`the TURN server does not answer to ${method}`));
          else this.#socket.send(message, this.#server.port, this.#server.address);
        };
        this.#waiting.set(key, (packet) => resolve(readAnswer(packet)));
        timer = setInterval(send, RETRANSMIT);
        send();
      });
    } finally {
      clearInterval(timer);
      this.#waiting.delete(key);
    }
  }

  #hear(message: Buffer): void {
    const isChannelData = message.length >= 4 && (message[0] ?? 0) >> 6 === 1;
    if (isChannelData) {
      this.received.push(message.subarray(4, 4 + message.readUInt16BE(2)));
      return;
    }
    this.#waiting.get(message.subarray(8, 20).toString('hex'))?.(message);
    const data = readAnswer(message).attributes.get(DATA);
    if (data) this.received.push(data);
  }
}

interface Answer {
  /** Of an error. */
  code: number | undefined;
  attributes: Map<number, Buffer>;
}

function readAnswer(message: Buffer): Answer {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= message.length;) {
    const length = message.readUInt16BE(at + 2);
    attributes.set(message.readUInt16BE(at), message.subarray(at + 4, at + 4 + length));
    at += 4 + length + padding(length);
  }
  const isFailure = (message.readUInt16BE(0) & FAILURE) === FAILURE;
  const error = attributes.get(ERROR_CODE);
  if (!isFailure && (message.readUInt16BE(0) & FAILURE) !== SUCCESS) return { code: undefined, attributes };
  return { code: isFailure && error ? (error[2] ?? 0) * 100 + (error[3] ?? 0) : undefined, attributes };
}

const padding = (length: number): number => (4 - (length % 4)) % 4;
const uint32 = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32BE(value);
  return buffer;
};

function encode(type: number, id: Buffer, attributes: readonly Attribute[]): Buffer {
  const body = attributes.flatMap(([kind, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(kind, 0);
    head.writeUInt16BE(value.length, 2);
    return [head, value, Buffer.alloc(padding(value.length))];
  });
  const header = Buffer.alloc(8);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(Buffer.concat(body).length, 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  return Buffer.concat([header, id, ...body]);
}

/** With the long-term credential mechanism (RFC 8489 section 9.2). */
function sign(
  type: number,
  id: Buffer,
  attributes: readonly Attribute[],
  { username, credential, realm, nonce }: TurnLogin & { realm: Buffer; nonce: Buffer },
): Buffer {
  const all: Attribute[] = [...attributes, [USERNAME, Buffer.from(username)], [REALM, realm], [NONCE, nonce]];
  const key = createHash('md5').update(`${username}:${realm.toString()}:${credential}`).digest();
  // The length in the header counts the integrity too, which is not there yet.
  const covered = encode(type, id, [...all, [MESSAGE_INTEGRITY, Buffer.alloc(20)]]).subarray(0, -24);
  return encode(type, id, [...all, [MESSAGE_INTEGRITY, createHmac('sha1', key).update(covered).digest()]]);
}

/** Family, port and address as XOR-PEER-ADDRESS has them, without the mask. */
function plainAddress(address: string, port: number): Buffer {
  const bytes = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.from([0, bytes.length === 16 ? 2 : 1, port >> 8, port & 0xff]);
  return Buffer.concat([head, bytes]);
}

/** RFC 8489 section 14.2. */
function mask(plain: Buffer, id: Buffer): Buffer {
  const cookie = Buffer.concat([uint32(MAGIC_COOKIE), id]);
  return Buffer.from(
    plain.map((byte, i) => {
      if (i < 2) return byte;
      return byte ^ (cookie[i < 4 ? i - 2 : i - 4] ?? 0);
    }),
  );
}

function readIpv4(value: Buffer): { address: string; port: number } {
  const plain = mask(value, Buffer.alloc(12));
  return { address: [...plain.subarray(4, 8)].join('.'), port: plain.readUInt16BE(2) };
}

function ipv6Bytes(address: string): Buffer {
  // As the URL parser writes it: no dotted quads, zeros left out once at most.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const words = (part: string | undefined): number[] =>
    part ? part.split(':').map((word) => parseInt(word, 16)) : [];
  const [before, after] = [words(head), words(tail)];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}
