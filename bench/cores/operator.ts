import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ForwardingReport } from '../../src/sfu/forwarding/operatorReport.ts';

const KEY = 'bench';
const SECRET = randomBytes(32).toString('base64');
/** ms between two looks. */
const BETWEEN = 500;

/** Settings of a server that lets bots in without a token and answers whoever has one of ours. */
export const operated: Readonly<Record<string, string>> = {
  PARLEY_API_KEY: KEY,
  PARLEY_API_SECRET: SECRET,
  PARLEY_OPEN: 'true',
};

/** An access token of such a server. @param sub Who they are. */
export function tokenFor(sub: string, video: object): Promise<string> {
  return new SignJWT({ video, name: sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(KEY)
    .setSubject(sub)
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(SECRET));
}

/** What the server says of a room; undefined while there is none. @throws Error when it does not answer with a report. */
export async function reportOf(url: string, room: string): Promise<ForwardingReport | undefined> {
  const token = await tokenFor('operator', { roomAdmin: true, room });
  const response = await fetch(`${url}/api/rooms/${room}/forwarding`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`no report of ${room}: ${response.status} ${await response.text()}`);
  return (await response.json()) as ForwardingReport;
}

/** The first report that is as it should be. @throws Error when none was for so many ms. */
export async function reportWhen(
  url: string,
  room: string,
  patience: number,
  isIt: (report: ForwardingReport) => boolean,
): Promise<ForwardingReport> {
  const until = performance.now() + patience;
  while (performance.now() < until) {
    const report = await reportOf(url, room);
    if (report && isIt(report)) return report;
    await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  }
  throw new Error(`${room} did not become what was waited for within ${patience / 1000} s`);
}
