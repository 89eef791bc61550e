import { createHash } from 'node:crypto';
import { CipherContext, DtlsClient } from 'werift';
import { timeout, unavailable } from '../../support/errors.ts';
import { nobody, type Link } from './link.ts';

/** What werift counts to when a handshake is done: it repeats nothing from there on. */
const LAST_FLIGHT = 7;
/** AEAD_AES_128_GCM and AES_CM_128_HMAC_SHA1_80 (RFC 7714 section 14.2, RFC 5764 section 4.1.2). */
const SRTP_PROFILES = [7, 1] as const;
/** Content types of DTLS records are from 20 to 63 (RFC 7983 section 7). */
const isDtls = (data: Buffer): boolean => (data[0] ?? 0) >= 20 && (data[0] ?? 0) <= 63;

/** A certificate for this end of DTLS. */
export interface DtlsIdentity {
  certPem: string;
  keyPem: string;
  signatureHash: Awaited<
    ReturnType<typeof CipherContext.createSelfSignedCertificateWithKey>
  >['signatureHash'];
  /** SHA-256, as SDP writes it (RFC 8122 section 5). */
  fingerprint: string;
}

export async function createDtlsIdentity(): Promise<DtlsIdentity> {
  // TLS's numbers of SHA-256 and ECDSA (RFC 5246 section 7.4.1.4.1).
  const made = await CipherContext.createSelfSignedCertificateWithKey({ hash: 4, signature: 3 });
  const der = Buffer.from(made.certPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return { ...made, fingerprint: fingerprintOf(der) };
}

/**
 * A whole DTLS 1.2 handshake as the client, with which WebRTC's keys for media are agreed on (RFC 5764).
 *
 * @param fingerprint The other end's, SHA-256.
 * @param deadline ms.
 * @throws ParleyError `timeout`; `unavailable` where the certificate is another one; the link's error.
 */
export async function shakeHands(
  link: Link,
  { identity, fingerprint, deadline }: { identity: DtlsIdentity; fingerprint: string; deadline: number },
): Promise<void> {
  let isOver = false;
  const transport = {
    type: 'udp',
    onData: nobody as (data: Buffer, from: readonly [string, number]) => void,
    closed: false,
    address: { address: '', family: 'IPv4', port: 0 },
    addressFamily: 4 as const,
    send: (data: Buffer): Promise<void> => {
      if (!isOver) link.send(data);
      return Promise.resolve();
    },
    close: (): Promise<void> => Promise.resolve(),
  };
  const { certPem, keyPem, signatureHash } = identity;
  const client = new DtlsClient({
    transport,
    cert: certPem,
    key: keyPem,
    signatureHash,
    srtpProfiles: [...SRTP_PROFILES],
    extendedMasterSecret: true,
  });
  const { onMessage, onLost } = link;
  let giveUp: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      giveUp = setTimeout(() => reject(timeout(`no DTLS handshake within ${deadline} ms`)), deadline);
      link.onLost = reject;
      link.onMessage = (data) => {
        if (!isDtls(data)) return;
        try {
          // A copy, because werift keeps slices of it beyond this call.
          transport.onData(Buffer.from(data), ['', 0]);
        } catch {
          // What cannot be read is dropped (RFC 6347 section 4.1.2.7).
        }
      };
      client.onConnect.subscribe(() => resolve());
      client.onError.subscribe((error) => reject(unavailable(`DTLS: ${String(error)}`)));
      client.onClose.subscribe(() => reject(unavailable('DTLS: the server ended the handshake')));
      // Rejects when its repetitions end, long after the deadline.
      client.connect().catch(() => undefined);
    });
    const certificate = client.remoteCertificate;
    if (!certificate || fingerprintOf(certificate) !== fingerprint.toUpperCase())
      throw unavailable('DTLS: the certificate is not the one that signaling named');
  } finally {
    isOver = true;
    client.dtls.flight = LAST_FLIGHT;
    clearTimeout(giveUp);
    link.onMessage = onMessage;
    link.onLost = onLost;
  }
}

function fingerprintOf(der: Buffer): string {
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}
