import { writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const DAY = 86_400_000;

/** Where a certificate and its key are. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** Makes a certificate that signs itself. @param days From now: when it begins and ends. */
export async function makeCertificate(
  directory: string,
  name: string,
  { names, days = [-1, 90] }: { names: readonly string[]; days?: readonly [from: number, to: number] },
): Promise<CertificateFiles> {
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(now + days[0] * DAY),
    notAfterDate: new Date(now + days[1] * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map((one) => (isIP(one) ? { type: 7, ip: one } : { type: 2, value: one })),
      },
    ],
  });
  const files = { cert: join(directory, `${name}.cert.pem`), key: join(directory, `${name}.key.pem`) };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  return files;
}
