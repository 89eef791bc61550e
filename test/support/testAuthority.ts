import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const DAY = 86_400_000;

/** Files of a certificate that a browser believes. */
export interface TrustedCertificate {
  cert: string;
  key: string;
  /** To be the `HOME` of Chromium, whose NSS database has the authority. */
  home: string;
}

/**
 * A certificate authority of a test's own, in the database of a browser that is to believe it, and a certificate that
 * it signed. Takes `certutil` (Debian: libnss3-tools).
 */
export async function trustedCertificate(
  names: readonly string[],
  directory: string,
): Promise<TrustedCertificate> {
  const common = {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY),
    notAfterDate: new Date(Date.now() + DAY),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'Authority of a test of Parley' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
    ...common,
    ca: { cert: authority.cert, key: authority.private },
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
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const home = join(directory, 'home');
  const authorityFile = file('authority.pem', authority.cert);
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  const certutil = (...args: string[]) =>
    execFileSync('certutil', ['-d', `sql:${database}`, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  certutil('-N', '--empty-password');
  certutil('-A', '-n', 'test', '-t', 'C,,', '-i', authorityFile);
  return { cert: file('server.pem', server.cert), key: file('server-key.pem', server.private), home };
}
