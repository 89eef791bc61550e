import type { MediaRoute, RouteOutcome } from '../../../src/support/reachability.ts';

/** A figure of a test: not there yet, there, or null where it could not be had. */
export type Figure = 'testing' | number | null;

/** What a test of the network has found so far. */
export interface NetworkReport {
  /** Whether media can take each way to the server. */
  readonly routes: Readonly<Record<MediaRoute, RouteOutcome | 'testing'>>;
  /** ms from here to the server and back, by the best way that works; the least of a few. */
  readonly roundTripTime: Figure;
  /** bps that get through to the server by that way, and from it. */
  readonly uplink: Figure;
  readonly downlink: Figure;
  /** On which the server has media, for UDP and TCP. */
  readonly ports: readonly number[];
}

export const NOTHING_YET: NetworkReport = {
  routes: { udp: 'testing', tcp: 'testing', relay: 'testing' },
  roundTripTime: 'testing',
  uplink: 'testing',
  downlink: 'testing',
  ports: [],
};
