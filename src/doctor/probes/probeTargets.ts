import type { DoctorSettings, RelayFact, WayFact } from '../facts.ts';
import { createDtlsIdentity } from '../links/shakeHands.ts';
import type { MediaTarget } from './mediaTarget.ts';
import { probeRelay, type RelayedMedia } from './probeRelay.ts';
import { probeWays } from './probeWays.ts';
import type { Resolve } from './resolver.ts';

/** Workers whose ports are tried at a time. */
const AT_A_TIME = 4;

/** How all their addresses answer. */
export async function waysOf(targets: readonly MediaTarget[], resolve: Resolve): Promise<WayFact[]> {
  if (targets.length === 0) return [];
  const identity = await createDtlsIdentity();
  const ways: WayFact[] = [];
  for (let i = 0; i < targets.length; i += AT_A_TIME) {
    const some = targets.slice(i, i + AT_A_TIME);
    ways.push(...(await Promise.all(some.map((target) => probeWays(target, identity, resolve)))).flat());
  }
  return ways;
}

/** How far the servers lead that clients are told of, or else those of the settings. */
export async function relaysOf(
  targets: readonly MediaTarget[],
  { iceServers }: DoctorSettings,
  ways: readonly WayFact[],
  resolve: Resolve,
): Promise<RelayFact[]> {
  const [target] = targets;
  const relays: RelayFact[] = [];
  for (const { urls, username = '', credential = '' } of target?.iceServers ?? iceServers) {
    for (const url of [urls].flat()) {
      // An end each, because only so many addresses may ask one.
      const media = target && (await mediaOf(target, ways, resolve));
      relays.push(await probeRelay({ url, login: { username, credential }, media, resolve }));
    }
  }
  return relays;
}

/** The address to relay to: one that answered from here, if any did, IPv4 first as TURN servers have it. */
async function mediaOf(
  target: MediaTarget,
  ways: readonly WayFact[],
  resolve: Resolve,
): Promise<RelayedMedia | undefined> {
  const { iceCandidates, iceParameters } = await target.openTransport();
  const works = (address: string): boolean =>
    ways.some((way) => way.address === address && way.protocol === 'udp' && way.failure === undefined);
  const udp = iceCandidates.filter(({ protocol }) => protocol === 'udp');
  const candidate = udp.find(({ address }) => works(address)) ?? udp[0];
  const [address] = candidate ? await resolve(candidate.address) : [];
  return candidate && address !== undefined
    ? { endpoint: { address, port: candidate.port }, login: iceParameters }
    : undefined;
}
