/*
 * What is said where media does not get through: `parley doctor` says it to whoever runs the server, the SDK and
 * `<parley-room>` to whoever sits before a call that does not connect.
 */

/** The ways that media can take. `relay`: through a TURN server, over whatever leads there. */
export const MEDIA_ROUTES = ['udp', 'tcp', 'relay'] as const;
/** A way that media can take. */
export type MediaRoute = (typeof MEDIA_ROUTES)[number];

/**
 * - `works`: media can travel
 * - `failed`: it was tried, and nothing came back
 * - `missing`: there was nothing to try, because none was offered
 */
export type RouteOutcome = 'works' | 'failed' | 'missing';
export type RouteOutcomes = Readonly<Record<MediaRoute, RouteOutcome>>;

const NAMES: Record<MediaRoute, string> = { udp: 'UDP', tcp: 'TCP', relay: 'TURN relay' };

const SAYINGS: Record<RouteOutcome, string> = {
  works: 'works',
  failed: 'no answer',
  missing: 'none offered',
};

/** What one way came to, such as "UDP: no answer". */
export function routeText(route: MediaRoute, outcome: RouteOutcome): string {
  return `${NAMES[route]}: ${SAYINGS[outcome]}`;
}

/** What each way came to, such as "UDP: no answer, TCP: no answer, TURN relay: none offered". */
export function outcomesText(outcomes: RouteOutcomes): string {
  return MEDIA_ROUTES.map((route) => routeText(route, outcomes[route])).join(', ');
}

/** For the person whose call does not connect; undefined where media can travel. */
export function personAdvice(outcomes: RouteOutcomes): string | undefined {
  if (MEDIA_ROUTES.some((route) => outcomes[route] === 'works')) return undefined;
  return 'Sound and video do not get through. Another network, such as a phone’s, or no VPN may help at once.';
}

/**
 * For whoever runs the server: the one thing that mends it; undefined where nothing has to be.
 *
 * @param ports Of media, where they are known.
 */
export function operatorAdvice(outcomes: RouteOutcomes, ports?: string): string | undefined {
  const open = (protocols: string): string =>
    `open ${ports === undefined ? 'the media ports' : `port ${ports}`} for ${protocols} in every firewall before the server`;
  const { udp, tcp, relay } = outcomes;
  if (udp === 'works' && tcp !== 'failed') return undefined;
  if (udp === 'works') return open('TCP');
  if (tcp === 'works') return open('UDP');
  const relays =
    relay === 'missing'
      ? 'or give clients a TURN server (PARLEY_TURN=managed, or PARLEY_TURN_URLS)'
      : 'and look whether the TURN server runs and may relay to them';
  return `${open('UDP and TCP')}, look whether PARLEY_ANNOUNCED_ADDRESS is right, ${relays}`;
}
