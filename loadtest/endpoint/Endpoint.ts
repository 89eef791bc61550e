import { createSocket, type Socket } from 'node:dgram';
import { invalidState, unavailable } from '../../src/support/errors.ts';
import { certificate, type Certificate } from './certificate.ts';
import { DtlsHandshake } from './DtlsHandshake.ts';
import { IceAgent } from './IceAgent.ts';
import type { RemoteEndpoint } from './remoteEndpoint.ts';
import type { SrtpReceiver, SrtpSender } from './srtp.ts';
import { isStun } from './stun.ts';

/** A starved second at 20,000 packets/s fits; the kernel gives what `rmem_max` allows. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;
const SEND_BUFFER = 1024 * 1024;
/** ms until a transport that does not connect fails. */
const CONNECT_DEADLINE = 15_000;

export interface EndpointOptions {
  /** Local IPv4 address to send from; absent: the kernel's choice. */
  localAddress?: string;
  /** A protected RTP packet arrived. It is the handler's until it returns. */
  onRtp?: (packet: Buffer) => void;
  /** A decrypted compound RTCP packet arrived. */
  onRtcp?: (packet: Buffer) => void;
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
  onRtp: (packet: Buffer) => void;
  onRtcp: (packet: Buffer) => void;
  /** RTP packets and their bytes, without UDP and IP. */
  readonly counts = { sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0 };
  readonly #socket: Socket;
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

  private constructor(socket: Socket, own: Certificate, options: EndpointOptions) {
    this.#socket = socket;
    this.#certificate = own;
    this.onRtp = options.onRtp ?? ((): void => undefined);
    this.onRtcp = options.onRtcp ?? ((): void => undefined);
    this.#losesUplink = options.losesUplink;
    this.#deadline = options.deadline ?? CONNECT_DEADLINE;
    this.#ice = new IceAgent({
      send: (datagram) => this.#send(datagram),
      onRoundTrip: options.onRoundTrip ?? ((): void => undefined),
    });
    socket.on('message', (datagram) => this.#receive(datagram));
    // A server that dies answers with ICMP; consent and signaling tell what that means.
    socket.on('error', () => undefined);
  }

  /** Opens its socket. Close it when it is not needed any more. */
  static async open(options: EndpointOptions = {}): Promise<Endpoint> {
    const own = await certificate();
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: RECEIVE_BUFFER,
      sendBufferSize: SEND_BUFFER,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, options.localAddress, () => {
        socket.removeListener('error', reject);
        resolve();
      });
    });
    return new Endpoint(socket, own, options);
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
    return this.#socket.address().port;
  }

  get address(): string {
    return this.#socket.address().address;
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
    await this.#connectSocket(remote);
    await this.#ice.connect(remote, this.#deadline);
    this.#requireOpen();
    const ice = performance.now() - startedAt;
    onIce?.(ice);
    const dtls = new DtlsHandshake({
      certificate: this.#certificate,
      fingerprint: remote.fingerprint,
      send: (datagram) => this.#send(datagram),
      deadline: this.#deadline,
    });
    this.#dtls = dtls;
    const { sender, receiver } = await dtls.run();
    this.#requireOpen();
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

  /** Connected sockets cost less per packet, and the kernel keeps strangers out. */
  async #connectSocket(remote: RemoteEndpoint): Promise<void> {
    this.#requireOpen();
    await new Promise<void>((resolve, reject) => {
      // Its callback never comes when the socket is closed meanwhile.
      this.#socket.once('close', () => reject(invalidState('the transport was closed')));
      this.#socket.connect(remote.port, remote.address, (error?: Error | null) => {
        if (error) reject(unavailable(`no way to ${remote.address}:${remote.port}: ${error.message}`));
        else resolve();
      });
    });
    this.#requireOpen();
  }

  #send(datagram: Buffer): void {
    if (!this.#isCut && !this.#closed) this.#socket.send(datagram);
  }

  #receive(datagram: Buffer): void {
    if (this.#isCut || this.#closed) return;
    const first = datagram[0] ?? 0;
    if (first >= 128 && first < 192) {
      const second = datagram[1] ?? 0;
      if (second < 192 || second > 223) {
        this.counts.receivedPackets++;
        this.counts.receivedBytes += datagram.length;
        this.onRtp(datagram);
      } else {
        const packet = this.#receiver?.openRtcp(datagram);
        if (packet) this.onRtcp(packet);
      }
    } else if (isStun(datagram)) {
      this.#ice.receive(datagram);
    } else if (first >= 20 && first < 64) {
      this.#dtls?.receive(datagram);
    }
  }
}
