import { createHash } from 'node:crypto';
import { CipherContext } from 'werift';

/** A self-signed certificate for DTLS, and its SHA-256 as SDP writes it (RFC 8122). */
export interface Certificate {
  certPem: string;
  keyPem: string;
  signatureHash: Awaited<
    ReturnType<typeof CipherContext.createSelfSignedCertificateWithKey>
  >['signatureHash'];
  fingerprint: string;
}

/** SHA-256 of a DER certificate as SDP writes it. */
export function fingerprintOf(der: Buffer): string {
  const hex = createHash('sha256').update(der).digest('hex').toUpperCase();
  return (hex.match(/../g) ?? []).join(':');
}

let ofThisProcess: Promise<Certificate> | undefined;

/** The certificate of all bots in this process: making one costs more than a whole handshake. */
export function certificate(): Promise<Certificate> {
  return (ofThisProcess ??= make());
}

async function make(): Promise<Certificate> {
  // TLS registry: hash 4 is SHA-256, signature 3 is ECDSA.
  const made = await CipherContext.createSelfSignedCertificateWithKey({ hash: 4, signature: 3 });
  const der = Buffer.from(made.certPem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return { ...made, fingerprint: fingerprintOf(der) };
}
