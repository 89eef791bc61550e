import { parse, write, type MediaDescription, type SessionDescription } from 'sdp-transform';
import { WhipProblem } from '../WhipProblem.ts';
import { sdpCandidates, type LocalTransport } from './answer.ts';

/** What a client says of its side of ICE. */
export interface IceFragment {
  readonly iceUfrag: string | undefined;
  readonly icePwd: string | undefined;
}

/** Candidates in one fragment; endpoints have a handful. */
const MAX_CANDIDATES = 256;

/**
 * Reads an SDP fragment (RFC 8840 section 9). Candidates are looked at and not used: an ICE lite agent answers the checks
 * of the other side, wherever they come from (RFC 8445 section 7.3.1.3).
 *
 * @throws WhipProblem 400.
 */
export function readIceFragment(text: string): IceFragment {
  const fragment = parsed(text);
  const sections: Pick<MediaDescription, 'iceUfrag' | 'icePwd' | 'candidates'>[] = [
    fragment,
    ...fragment.media,
  ];
  const candidates = sections.flatMap((section) => section.candidates ?? []);
  if (candidates.length > MAX_CANDIDATES) throw malformed('it has too many candidates');
  const isSound = candidates.every(
    ({ component, port, priority, ip }) =>
      [component, port, priority].every(Number.isInteger) &&
      typeof ip === 'string' &&
      port >= 0 &&
      port <= 65_535,
  );
  const hasAny = sections.some((section) => section.iceUfrag !== undefined) || candidates.length > 0;
  if (!isSound || !(hasAny || /^a=end-of-candidates\r?$/m.test(text)))
    throw malformed('it names no candidates');
  const of = (key: 'iceUfrag' | 'icePwd'): string | undefined => {
    // sdp-transform makes a number of what looks like one.
    const told = sections.map((section): unknown => section[key]).filter((value) => value !== undefined);
    const values = new Set(told.map(String));
    if (values.size > 1) throw malformed('it has several ICE credentials');
    return [...values][0];
  };
  return { iceUfrag: of('iceUfrag'), icePwd: of('icePwd') };
}

/** This side's new credentials and its candidates (RFC 9725 section 4.3.3). */
export function writeIceFragment({ iceParameters, iceCandidates }: LocalTransport, mid: string): string {
  const fragment = {
    iceUfrag: iceParameters.usernameFragment,
    icePwd: iceParameters.password,
    icelite: 'ice-lite',
    iceOptions: 'trickle',
    media: [
      {
        type: 'audio',
        port: 9,
        protocol: 'UDP/TLS/RTP/SAVPF',
        payloads: '0',
        rtp: [],
        fmtp: [],
        mid,
        candidates: sdpCandidates(iceCandidates),
        endOfCandidates: 'end-of-candidates',
      },
    ],
  };
  // A fragment has none of the lines with which a description begins.
  return write(fragment as unknown as SessionDescription).replace(/^(?:[vost]=.*\r\n)+/, '');
}

const malformed = (why: string): WhipProblem => new WhipProblem(400, `this is no SDP fragment: ${why}`);

function parsed(text: string): SessionDescription & Pick<MediaDescription, 'candidates'> {
  try {
    return parse(text);
  } catch (error) {
    throw new WhipProblem(400, 'this is no SDP fragment', { cause: error });
  }
}
