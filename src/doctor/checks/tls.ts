import type { CertificateFact, Facts } from '../facts.ts';
import { fault, ok, skipped, warning, type Finding } from '../finding.ts';

export type TlsFacts = Pick<
  Facts,
  'settings' | 'askedUrl' | 'audience' | 'certificates' | 'tls' | 'isHere'
> & { now?: number };

const DAY = 86_400_000;
/** Days before a certificate ends in which it should have been renewed. */
const RENEWAL = 14;

/** Whether browsers take the certificate, and whether pages are secure enough for cameras. */
export function tls(facts: TlsFacts): Omit<Finding, 'check'>[] {
  const findings = certificates(facts);
  if (facts.certificates.length === 0 && !facts.tls) findings.push(withoutTls(facts));
  return findings.length > 0 ? findings : [ok('the certificate is as it should be')];
}

/** What is wrong with the certificate, where there is one. */
export function certificates(facts: TlsFacts): Omit<Finding, 'check'>[] {
  const {
    certificates: [first, other],
    tls: files,
    now = Date.now(),
  } = facts;
  const findings: Omit<Finding, 'check'>[] = [];
  if (files?.problem === 'unreadable') {
    findings.push(
      fault(`the certificate cannot be read: ${files.detail}`, 'mend PARLEY_TLS_CERT and PARLEY_TLS_KEY'),
    );
  }
  if (files?.problem === 'keyMismatch') {
    findings.push(
      fault(files.detail, 'let PARLEY_TLS_CERT and PARLEY_TLS_KEY name files that belong together'),
    );
  }
  if (first) findings.push(...aboutCertificate(first, facts, now));
  if (other && first?.isServed && other.fingerprint !== first.fingerprint) {
    findings.push(
      warning(
        `${other.source} has another certificate than the one that is served`,
        'restart the server, which reads it when it starts',
      ),
    );
  }
  return findings;
}

function aboutCertificate(
  { source, isServed, validFrom, validTo, missingNames, distrust }: CertificateFact,
  { settings }: TlsFacts,
  now: number,
): Omit<Finding, 'check'>[] {
  const renew = 'renew it (certbot renew, or as it was made) and restart the server';
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const findings: Omit<Finding, 'check'>[] = [];
  if (validTo < now) {
    findings.push(fault(`the certificate of ${source} is no longer valid, since ${day(validTo)}`, renew));
  } else if (validFrom > now) {
    findings.push(
      fault(
        `the certificate of ${source} is not valid before ${day(validFrom)}`,
        'set this machine’s clock, or use the certificate that is valid now',
      ),
    );
  } else if (validTo - now < RENEWAL * DAY) {
    const days = Math.floor((validTo - now) / DAY);
    findings.push(warning(`the certificate of ${source} ends in ${days} days, on ${day(validTo)}`, renew));
  }
  if (missingNames.length > 0) {
    findings.push(
      fault(
        `the certificate of ${source} is not for ${missingNames.join(', ')}`,
        `get one for ${missingNames.join(', ')}, or mend PARLEY_PUBLIC_URL`,
      ),
    );
  }
  // One that the server signs itself is meant so; the start says what browsers do then.
  if (isServed && distrust !== undefined && !settings.https) {
    findings.push(
      warning(
        `browsers warn of the certificate of ${source} (${distrust})`,
        'use one of an authority that browsers know, with all certificates in between in PARLEY_TLS_CERT',
      ),
    );
  }
  return findings;
}

function withoutTls({ settings, askedUrl, audience, isHere }: TlsFacts): Omit<Finding, 'check'> {
  const url = askedUrl ?? settings.publicUrl;
  if (url?.startsWith('https:')) return ok('a proxy in front ends TLS');
  const mend =
    'set PARLEY_TLS_CERT and PARLEY_TLS_KEY, or put a proxy with TLS in front and set PARLEY_TRUST_PROXY=1';
  if (url !== undefined && audience !== 'machine') {
    return fault(`${url} is plain HTTP, where browsers give no camera and no microphone`, mend);
  }
  if (audience === 'machine' || !isHere)
    return ok('pages are for this machine, where browsers give cameras without TLS');
  if (settings.trustProxy > 0) return skipped('a proxy in front is to end TLS; name its URL with --url');
  return warning(
    'pages are served to other machines over plain HTTP, where browsers give no camera and no microphone',
    mend,
  );
}
