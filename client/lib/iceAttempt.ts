import type { MediaSetup } from '../../src/protocol/models.ts';
import {
  MEDIA_ROUTES,
  operatorAdvice,
  personAdvice,
  type MediaRoute,
  type RouteOutcome,
} from '../../src/support/reachability.ts';
import type { ConnectionTrouble, RouteAttempt } from './publicTypes.ts';
import { statsOf, type Stat, type StatsReport } from './statsReport.ts';

/** Ways that the server offered, whatever the browser makes of them. */
export type OfferedRoutes = Readonly<Record<MediaRoute, boolean>>;

export function offeredRoutes({
  sendTransport,
  iceServers,
}: Pick<MediaSetup, 'sendTransport' | 'iceServers'>): OfferedRoutes {
  const has = (wanted: 'udp' | 'tcp'): boolean =>
    sendTransport.iceCandidates.some(({ protocol }) => protocol === wanted);
  const relay = iceServers.some(({ urls }) => [urls].flat().some((url) => url.startsWith('turn')));
  return { udp: has('udp'), tcp: has('tcp'), relay };
}

/**
 * What a browser tried to get media through, by its transport's report (W3C webrtc-stats `RTCIceCandidatePairStats`).
 *
 * Browsers forget pairs that they have given up, so a way that was offered was tried, also where no pair of it is left.
 *
 * @returns null where a way works.
 */
export function connectionTrouble(report: StatsReport, offered: OfferedRoutes): ConnectionTrouble | null {
  const pairs = statsOf(report, 'candidate-pair');
  const attempt = (route: MediaRoute): RouteAttempt => {
    const own = pairs.filter((pair) => routeOf(report, pair) === route);
    return { outcome: outcomeOf(own, offered[route]), pairs: own.length };
  };
  const routes = { udp: attempt('udp'), tcp: attempt('tcp'), relay: attempt('relay') };
  const outcomes = {
    udp: routes.udp.outcome,
    tcp: routes.tcp.outcome,
    relay: routes.relay.outcome,
  };
  const advice = personAdvice(outcomes);
  if (advice === undefined) return null;
  return { routes, advice, operatorAdvice: operatorAdvice(outcomes) ?? '' };
}

/** Whether they say the same. */
export function sameTrouble(a: ConnectionTrouble | null, b: ConnectionTrouble | null): boolean {
  if (!a || !b) return a === b;
  return MEDIA_ROUTES.every(
    (route) =>
      a.routes[route].outcome === b.routes[route].outcome && a.routes[route].pairs === b.routes[route].pairs,
  );
}

function outcomeOf(pairs: readonly Stat[], isOffered: boolean): RouteOutcome {
  if (pairs.some(({ state }) => state === 'succeeded')) return 'works';
  return isOffered || pairs.length > 0 ? 'failed' : 'missing';
}

function routeOf(report: StatsReport, { localCandidateId, remoteCandidateId }: Stat): MediaRoute {
  const local = localCandidateId === undefined ? undefined : report.get(localCandidateId);
  const remote = remoteCandidateId === undefined ? undefined : report.get(remoteCandidateId);
  if (local?.candidateType === 'relay') return 'relay';
  return (local?.protocol ?? remote?.protocol)?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
}
