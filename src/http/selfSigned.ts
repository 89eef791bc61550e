import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { unavailable } from '../support/errors.ts';
import { reason, type TlsMaterial } from './listen.ts';

/** Browsers refuse certificates that live longer than 825 days. */
const LIFETIME_DAYS = 365;
const DAY = 86_400_000;

/** Where certificates are kept, so that a browser's exception outlives a restart. */
export function defaultCertificateDir(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['PARLEY_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'parley');
  return join(base, 'tls');
}

/**
 * A certificate that this machine signs itself, for names and addresses under which it is reached. Cameras need a
 * secure page, and off localhost this is the quickest way to one; browsers warn once.
 *
 * @throws ParleyError `unavailable` naming the directory that cannot be written.
 */
export async function selfSignedCertificate(
  names: readonly string[],
  directory = defaultCertificateDir(),
): Promise<TlsMaterial> {
  const certFile = join(directory, 'cert.pem');
  const keyFile = join(directory, 'key.pem');
  const kept = await readKept(certFile, keyFile);
  if (kept && fits(kept.cert, names)) return kept;
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Parley (self-signed)' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + LIFETIME_DAYS * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((name) => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(keyFile, key, { mode: 0o600 });
    await writeFile(certFile, cert);
  } catch (error) {
    throw unavailable(`cannot keep the certificate in ${directory}: ${reason(error)}`, { cause: error });
  }
  return { cert, key };
}

async function readKept(certFile: string, keyFile: string): Promise<TlsMaterial | undefined> {
  try {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
  } catch {
    return undefined;
  }
}

function fits(pem: string, names: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const lasts = Date.parse(certificate.validTo) - Date.now() > 7 * DAY;
    return (
      lasts && names.every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)))
    );
  } catch {
    return false;
  }
}
