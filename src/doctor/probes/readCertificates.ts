import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { readTlsFiles } from '../../http/listen.ts';
import type { CertificateFact, DoctorSettings, Facts, TlsFact } from '../facts.ts';
import { unbracketed } from '../addressRanges.ts';

/** ms. */
const DEADLINE = 5000;

/** The certificate in the server's files, and what is wrong with them. */
function certificateInFiles(
  certFile: string,
  keyFile: string,
  names: readonly string[],
): { certificate: CertificateFact | undefined; tls: TlsFact | undefined } {
  try {
    const { cert, key } = readTlsFiles(certFile, keyFile);
    const certificate = new X509Certificate(cert);
    const fits = certificate.checkPrivateKey(createPrivateKey(key));
    return {
      certificate: factOf(certificate, { source: certFile, isServed: false, names }),
      tls: fits ? undefined : { problem: 'keyMismatch', detail: `${keyFile} is not the key of ${certFile}` },
    };
  } catch (error) {
    const detail = `${certFile}, ${keyFile}: ${(error as Error).message}`;
    return { certificate: undefined, tls: { problem: 'unreadable', detail } };
  }
}

/** The certificate that clients of an HTTPS URL are given; undefined where nobody shakes hands there. */
async function servedCertificate(
  url: string,
  names: readonly string[],
): Promise<CertificateFact | undefined> {
  const { hostname, port } = new URL(url);
  const host = unbracketed(hostname);
  const socket = connect({
    host,
    port: Number(port || 443),
    ...(isIP(host) ? {} : { servername: host }),
    rejectUnauthorized: false,
  });
  socket.setTimeout(DEADLINE, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'secureConnect');
    const certificate = socket.getPeerX509Certificate();
    // A code's text, whatever its type says.
    const refusal = socket.authorized ? undefined : String(socket.authorizationError);
    return (
      certificate &&
      factOf(certificate, { source: url, isServed: true, names, ...(refusal ? { refusal } : {}) })
    );
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

/** What the settings name, without asking anybody. */
export function certificatesOnDisk(
  { tlsCert, tlsKey, publicUrl }: DoctorSettings,
  askedUrl: string | undefined,
): Pick<Facts, 'certificates' | 'tls'> {
  if (tlsCert === undefined || tlsKey === undefined) return { certificates: [], tls: undefined };
  const { certificate, tls } = certificateInFiles(tlsCert, tlsKey, namesOf([publicUrl, askedUrl]));
  return { certificates: certificate ? [certificate] : [], tls };
}

/** The certificate that is served, and the one of the settings. */
export async function certificatesOf(
  settings: DoctorSettings,
  isHere: boolean,
  askedUrl: string | undefined,
  serverUrl: string | undefined,
): Promise<Pick<Facts, 'certificates' | 'tls'>> {
  const files = isHere ? certificatesOnDisk(settings, askedUrl) : { certificates: [], tls: undefined };
  if (serverUrl === undefined || !serverUrl.startsWith('https:')) return files;
  const served = await servedCertificate(serverUrl, namesOf([settings.publicUrl, askedUrl]));
  return { ...files, certificates: [...(served ? [served] : []), ...files.certificates] };
}

/** The names that clients come by, whose the certificate has to be. */
function namesOf(urls: readonly (string | undefined)[]): string[] {
  const https = urls.filter((url): url is string => url?.startsWith('https:') ?? false);
  return [...new Set(https.map((url) => unbracketed(new URL(url).hostname)))];
}

/** What Node says of a certificate that is told as something else already. */
const TOLD_ELSEWHERE = /EXPIRED|NOT_YET_VALID|ALTNAME/;

function factOf(
  certificate: X509Certificate,
  options: { source: string; isServed: boolean; names: readonly string[]; refusal?: string },
): CertificateFact {
  const { source, isServed, names, refusal } = options;
  const has = (name: string): boolean =>
    (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined;
  return {
    source,
    isServed,
    fingerprint: certificate.fingerprint256,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    missingNames: names.filter((name) => !has(name)),
    distrust: refusal !== undefined && !TOLD_ELSEWHERE.test(refusal) ? refusal : undefined,
  };
}
