import { invalidState } from '../../src/support/errors.ts';
import { certificate, type Certificate } from './certificate.ts';
import { DtlsHandshake } from './DtlsHandshake.ts';
import { IceAgent } from './IceAgent.ts';
import type { RemoteEndpoint } from './remoteEndpoint.ts';
import type { SrtpReceiver, SrtpSender } from './srtp.ts';
import { openSocket } from './sockets/openSocket.ts';
import type { UdpSocket } from './sockets/UdpSocket.ts';
import { isStun } from './stun.ts';

/** What a server answers to a sender; nothing here adapts to it, and opening each costs. */
const TRANSPORT_FEEDBACK = { type: 205, format: 15 } as const;
/** ms until a transport that does not connect fails. */
const CONNECT_DEADLINE = 15_000;

export interface EndpointOptions {
  /** Local IPv4 address to send from; absent: the kernel's choice. */
  localAddress?: string;
  /** A protected RTP packet arrived (ms of `performance.now()`). It is the handler's until it returns. */
  onRtp?: (packet: Buffer, arrivedAt: number) => void;
  /** A decrypted compound RTCP packet arrived. */
  onRtcp?: (packet: Buffer, arrivedAt: number) => void;
  /** Round trip of a STUN check, ms. */
  onRoundTrip?: (took: number) => void;
  /** Whether a packet gets lost on its way out; asked for each RTP packet. */
  losesUplink?: () => boolean;
  /** ms until ICE, and then DTLS, that does not connect fails; default 15 s. */
  deadline?: number;
}

/**
 * A WebRTC transport without a browser: ICE, DTLS and SRTP for real, over one connected UDP socket.
 *
 * The packet path does the least that can be done: what arrives is told apart by its first bytes (RFC 7983, RFC 5761)
 * and handed on as it came.
 */
export class Endpoint {
  onRtp: (packet: Buffer, arrivedAt: number) => void;
  onRtcp: (packet: Buffer, arrivedAt: number) => void;
  /** The other side ended the connection, or gives no consent any more; told once or more. */
  onLost: (reason: string) => void = () => undefined;
  /** RTP packets and their bytes, without UDP and IP. */
  readonly counts = { sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0 };
  readonly #socket: UdpSocket;
  readonly #certificate: Certificate;
  readonly #ice: IceAgent;
  readonly #losesUplink: (() => boolean) | undefined;
  readonly #deadline: number;
  #dtls: DtlsHandshake | undefined;
  #sender: SrtpSender | undefined;
  #receiver: SrtpReceiver | undefined;
  #transportSequence = 0;
  #isCut = false;
  #closed = false;

  private constructor(socket: UdpSocket, own: Certificate, options: EndpointOptions) {
    this.#socket = socket;
    this.#certificate = own;
    this.onRtp = options.onRtp ?? ((): void => undefined);
    this.onRtcp = options.onRtcp ?? ((): void => undefined);
    this.#losesUplink = options.losesUplink;
    this.#deadline = options.deadline ?? CONNECT_DEADLINE;
    this.#ice = new IceAgent({
      send: (datagram) => this.#send(datagram),
      onRoundTrip: options.onRoundTrip ?? ((): void => undefined),
      onExpired: () => this.onLost('no consent (RFC 7675): the server does not answer'),
    });
    socket.onDatagram = (datagram, arrivedAt): void => this.#receive(datagram, arrivedAt);
  }

  /** Opens its socket. Close it when it is not needed any more. */
  static async open(options: EndpointOptions = {}): Promise<Endpoint> {
    const own = await certificate();
    return new Endpoint(await openSocket(options.localAddress), own, options);
  }

  get localIce(): { usernameFragment: string; password: string } {
    const { usernameFragment, password } = this.#ice;
    return { usernameFragment, password };
  }

  /** SHA-256 of its certificate, as in SDP. It is the DTLS client always. */
  get fingerprint(): string {
    return this.#certificate.fingerprint;
  }

  get port(): number {
    return this.#socket.port;
  }

  get address(): string {
    return this.#socket.address;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connected(): boolean {
    return this.#sender !== undefined && !this.#closed;
  }

  /**
   * ICE, then DTLS, then SRTP keys; resolves with the ms that each took.
   *
   * @param onIce Told when ICE is done, before DTLS begins.
   * @throws ParleyError `timeout` or `unavailable`.
   */
  async connect(
    remote: RemoteEndpoint,
    onIce?: (took: number) => void,
  ): Promise<{ ice: number; dtls: number }> {
    const startedAt = performance.now();
    this.#requireOpen();
    await this.#socket.connect(remote.address, remote.port);
    this.#requireOpen();
    this.#socket.urgent = true;
    await this.#ice.connect(remote, this.#deadline);
    this.#requireOpen();
    const ice = performance.now() - startedAt;
    onIce?.(ice);
    const dtls = new DtlsHandshake({
      certificate: this.#certificate,
      fingerprint: remote.fingerprint,
      send: (datagram) => this.#send(datagram),
      deadline: this.#deadline,
      onClosed: () => this.onLost('the server ended the connection'),
    });
    this.#dtls = dtls;
    const { sender, receiver } = await dtls.run();
    this.#requireOpen();
    this.#socket.urgent = false;
    this.#sender = sender;
    this.#receiver = receiver;
    return { ice, dtls: performance.now() - startedAt - ice };
  }

  /** New ICE credentials of the same server; DTLS and SRTP go on. */
  async restartIce(remote: RemoteEndpoint): Promise<void> {
    await this.#ice.connect(remote, this.#deadline);
  }

  /** Sends one RTP packet (its header, then parts of its payload, which are only read); nothing before it is connected. */
  sendRtp(packet: readonly Buffer[]): void {
    if (!this.#sender || this.#isCut || this.#closed) return;
    const datagram = this.#sender.protect(packet);
    this.counts.sentPackets++;
    this.counts.sentBytes += datagram.length;
    if (!this.#losesUplink?.()) this.#socket.send(datagram);
  }

  /** Sends one compound RTCP packet; nothing before it is connected. */
  sendRtcp(packet: Buffer): void {
    if (this.#sender) this.#send(this.#sender.protectRtcp(packet));
  }

  /** For the transport-wide sequence number extension: 0 to 65535, one for each packet. */
  nextTransportSequence(): number {
    const next = this.#transportSequence;
    this.#transportSequence = (next + 1) & 0xffff;
    return next;
  }

  /** The payload of a received packet, or null when it does not verify; see `SrtpReceiver.open`. */
  openRtp(packet: Buffer, headerLength: number, roc: number): Buffer | null {
    return this.#receiver?.open(packet, headerLength, roc) ?? null;
  }

  /** The first bytes of a received packet's payload, unverified; see `SrtpReceiver.peek`. */
  peekRtp(packet: Buffer, headerLength: number, roc: number, length: number): Buffer | null {
    return this.#receiver?.peek(packet, headerLength, roc, length) ?? null;
  }

  /** While cut, nothing goes out and nothing comes in, as with a pulled cable. */
  cut(isCut: boolean): void {
    this.#isCut = isCut;
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#ice.close();
    this.#dtls?.close();
    this.#socket.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw invalidState('the transport was closed');
  }

  #send(datagram: Buffer): void {
    if (!this.#isCut && !this.#closed) this.#socket.send(datagram);
  }

  #receive(datagram: Buffer, arrivedAt: number): void {
    if (this.#isCut || this.#closed) return;
    const first = datagram[0] ?? 0;
    if (first >= 128 && first < 192) {
      const second = datagram[1] ?? 0;
      if (second === TRANSPORT_FEEDBACK.type && (first & 0x1f) === TRANSPORT_FEEDBACK.format) return;
      if (second < 192 || second > 223) {
        this.counts.receivedPackets++;
        this.counts.receivedBytes += datagram.length;
        this.onRtp(datagram, arrivedAt);
      } else {
        const packet = this.#receiver?.openRtcp(datagram);
        if (packet) this.onRtcp(packet, arrivedAt);
      }
    } else if (isStun(datagram)) {
      this.#ice.receive(datagram, arrivedAt);
    } else if (first >= 20 && first < 64) {
      this.#dtls?.receive(datagram);
    }
  }
}
