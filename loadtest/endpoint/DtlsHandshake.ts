import { DtlsClient } from 'werift';
import { timeout, unavailable } from '../../src/support/errors.ts';
import { fingerprintOf, type Certificate } from './certificate.ts';
import { ServerFlight } from './ServerFlight.ts';
import { chooseAesGcm } from './aesGcm/chooseAesGcm.ts';
import { KEY_LENGTH, SALT_LENGTH, SrtpReceiver, SrtpSender } from './srtp.ts';

/** AEAD_AES_128_GCM (RFC 7714, 14.2): offering one alone puts all servers under the same cipher. */
const SRTP_PROFILE = 7;
/** What werift counts to when a handshake is done. */
const LAST_FLIGHT = 7;
/** ms after which a ClientHello that was not answered is repeated; RFC 6347's 1 s would spoil join times. */
const REPEAT_HELLO = 100;

export interface HandshakeOptions {
  certificate: Certificate;
  /** The other side's, SHA-256. */
  fingerprint: string;
  send(datagram: Buffer): void;
  /** ms. */
  deadline: number;
  /** The other side ended the association once it was made (RFC 5246, 7.2.1: close_notify). */
  onClosed: () => void;
}

/**
 * A DTLS 1.2 handshake as the client (RFC 6347, RFC 5764); it ends in SRTP keys, nothing else is ever sent over DTLS.
 *
 * werift does it over a transport that is no socket; it stays registered for as long as the socket is open, to answer
 * retransmissions of the server's last flight.
 */
export class DtlsHandshake {
  readonly #client: DtlsClient;
  readonly #options: HandshakeOptions;
  readonly #transport: { onData: (data: Buffer, address: [string, number]) => void };
  readonly #serverFlight = new ServerFlight();
  #hello: Buffer | undefined;
  #answered = false;
  #isDone = false;
  #closed = false;
  #reject: ((error: Error) => void) | undefined;

  constructor(options: HandshakeOptions) {
    this.#options = options;
    const transport = {
      type: 'udp',
      onData: (): void => undefined,
      closed: false,
      address: { address: '', family: 'IPv4', port: 0 },
      addressFamily: 4 as const,
      send: (data: Buffer): Promise<void> => {
        this.#hello ??= data;
        if (!this.#closed) options.send(data);
        return Promise.resolve();
      },
      close: (): Promise<void> => Promise.resolve(),
    };
    this.#transport = transport;
    const { certPem, keyPem, signatureHash } = options.certificate;
    this.#client = new DtlsClient({
      transport: transport,
      cert: certPem,
      key: keyPem,
      signatureHash,
      srtpProfiles: [SRTP_PROFILE],
      extendedMasterSecret: true,
    });
  }

  /** A datagram of the DTLS range (RFC 7983). Garbage is dropped. */
  receive(datagram: Buffer): void {
    this.#answered = true;
    if (this.#serverFlight.isRepeated(datagram)) return;
    try {
      // A copy, because werift keeps slices of it beyond this call.
      this.#transport.onData(Buffer.from(datagram), ['', 0]);
    } catch {
      // The record layer drops what it cannot read (RFC 6347, 4.1.2.7).
    }
  }

  /** @throws ParleyError `timeout`, or `unavailable` when the certificate or the SRTP profile is not what was agreed. */
  async run(): Promise<{ sender: SrtpSender; receiver: SrtpReceiver }> {
    const options = this.#options;
    const { deadline, fingerprint } = options;
    let giveUp: NodeJS.Timeout | undefined;
    let repeat: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#reject = reject;
        giveUp = setTimeout(() => reject(timeout(`no DTLS handshake within ${deadline} ms`)), deadline);
        // After a standstill the answer may be here and not read yet.
        repeat = setInterval(() => setImmediate(() => this.#repeatHello()), REPEAT_HELLO);
        this.#client.onConnect.subscribe(() => {
          this.#isDone = true;
          resolve();
        });
        this.#client.onError.subscribe((error) => reject(unavailable(`DTLS: ${String(error)}`)));
        this.#client.onClose.subscribe(() => {
          if (this.#isDone && !this.#closed) options.onClosed();
          else reject(unavailable('DTLS: the server ended the handshake'));
        });
        // Rejects when its retransmissions end, long after the deadline.
        this.#client.connect().catch(() => undefined);
      });
    } finally {
      clearTimeout(giveUp);
      clearInterval(repeat);
    }
    const certificate = this.#client.remoteCertificate;
    if (!certificate || fingerprintOf(certificate) !== fingerprint.toUpperCase())
      throw unavailable('DTLS: the certificate is not the one that signaling named');
    if (this.#client.srtp.srtpProfile !== SRTP_PROFILE)
      throw unavailable('DTLS: the server does not do AEAD_AES_128_GCM');
    const keys = this.#client.extractSessionKeys(KEY_LENGTH, SALT_LENGTH);
    const createAesGcm = await chooseAesGcm();
    return {
      sender: new SrtpSender(createAesGcm, keys.localKey, keys.localSalt),
      receiver: new SrtpReceiver(createAesGcm, keys.remoteKey, keys.remoteSalt),
    };
  }

  close(): void {
    this.#closed = true;
    // As if all were over: werift would repeat itself for half a minute.
    this.#client.dtls.flight = LAST_FLIGHT;
    this.#reject?.(unavailable('DTLS: the transport was closed'));
  }

  #repeatHello(): void {
    if (!this.#answered && !this.#closed && this.#hello) this.#options.send(this.#hello);
  }
}
