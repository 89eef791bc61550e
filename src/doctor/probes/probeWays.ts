import type { IceCandidate } from '../../protocol/models.ts';
import type { WayFact } from '../facts.ts';
import { checkIce } from '../links/iceCheck.ts';
import { iceFraming } from '../links/framing.ts';
import type { Link } from '../links/link.ts';
import { shakeHands, type DtlsIdentity } from '../links/shakeHands.ts';
import { StreamLink } from '../links/StreamLink.ts';
import { UdpLink } from '../links/UdpLink.ts';
import type { MediaTarget, ProbedTransport } from './mediaTarget.ts';
import type { Resolve } from './resolver.ts';

/** ms for an answer to STUN, and for a connection. */
const ICE_DEADLINE = 2500;
const DTLS_DEADLINE = 4000;
/** A flight that was lost, or came twice, ends a handshake that begins anew at once. */
const DTLS_ATTEMPTS = 2;

type Candidate = Pick<IceCandidate, 'address' | 'port' | 'protocol'>;

/**
 * Connects to every candidate of a media port as a client does: ICE on all at once, then DTLS on each that answered, over
 * an end of its own, because DTLS is made once.
 */
export async function probeWays(
  target: MediaTarget,
  identity: DtlsIdentity,
  resolve: Resolve,
): Promise<WayFact[]> {
  const transport = await target.openTransport();
  const ways = await Promise.all(
    transport.iceCandidates.map(async (candidate): Promise<WayFact> => {
      const reason = await failureOf(() => answersIce(transport, candidate, resolve));
      return {
        ...shortened(candidate),
        failure: reason === undefined ? undefined : { stage: 'ice', reason },
      };
    }),
  );
  const checked: WayFact[] = [];
  for (const way of ways) {
    checked.push(way.failure ? way : { ...way, failure: await dtlsFailure(target, way, identity, resolve) });
  }
  return checked;
}

async function answersIce(transport: ProbedTransport, candidate: Candidate, resolve: Resolve): Promise<void> {
  const link = await openLink(candidate, resolve);
  try {
    await checkIce(link, transport.iceParameters, ICE_DEADLINE);
  } finally {
    link.close();
  }
}

async function dtlsFailure(
  target: MediaTarget,
  candidate: Candidate,
  identity: DtlsIdentity,
  resolve: Resolve,
): Promise<WayFact['failure']> {
  let reason: string | undefined;
  for (let attempt = 0; attempt < DTLS_ATTEMPTS; attempt += 1) {
    reason = await failureOf(() => connects(target, candidate, identity, resolve));
    if (reason === undefined) return undefined;
  }
  return { stage: 'dtls', reason: reason ?? '' };
}

async function connects(
  target: MediaTarget,
  candidate: Candidate,
  identity: DtlsIdentity,
  resolve: Resolve,
): Promise<void> {
  const transport = await target.openTransport();
  const fingerprint = transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  const link = await openLink(candidate, resolve);
  try {
    await checkIce(link, transport.iceParameters, ICE_DEADLINE);
    await target.connect(transport, identity.fingerprint);
    await shakeHands(link, { identity, fingerprint: fingerprint?.value ?? '', deadline: DTLS_DEADLINE });
  } finally {
    link.close();
  }
}

async function openLink({ address: host, port, protocol }: Candidate, resolve: Resolve): Promise<Link> {
  const [address] = await resolve(host);
  if (address === undefined) throw new Error(`the name ${host} leads nowhere`);
  if (protocol === 'udp') return UdpLink.open({ address, port });
  return StreamLink.open({ address, port }, { framing: iceFraming, deadline: ICE_DEADLINE });
}

async function failureOf(attempt: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const shortened = ({ address, port, protocol }: Candidate): Candidate => ({ address, port, protocol });
