import type { MediaRoute } from '../../../src/support/reachability.ts';
import type { Figure, NetworkReport } from '../../lib/networkTest/networkReport.ts';
import { inWords } from '../statistics/plot.ts';
import { text } from '../text.ts';
import type { Detour } from '../languages/englishCallTest.ts';

/**
 * - `testing`: not known yet
 * - `good`, `limited`, `failed`: what it means for a call
 * - `absent`: there is none, or it is not known, and the call does not need it
 */
export type Grade = 'testing' | 'good' | 'limited' | 'failed' | 'absent';

/** One line of the test. */
export interface Check {
  readonly name: 'udp' | 'tcp' | 'relay' | 'roundTripTime' | 'downlink' | 'uplink';
  readonly label: string;
  /** What this is, or what is the matter with it, in a few words. */
  readonly about: string;
  readonly grade: Grade;
  /** The figure, or the grade in a word. */
  readonly result: string;
  /** What it means for the call, or what helps; empty where it does not matter to it. */
  readonly advice: string;
}

/** ms there and back, beyond which people begin to talk into each other (ITU-T G.114: 150 ms each way). */
const LATE = 300;
/** bps for one picture of 720 lines and sound; for a small picture and sound. */
const DOWNLINK = { good: 1_500_000, small: 400_000 };
const UPLINK = { good: 1_000_000, small: 300_000 };
/** bps above which it does not matter how much it is, nor would so short a test know. */
const MOST_SHOWN = 100_000_000;

/** What a report means for a call, in the order of the rows. */
export function judge(report: NetworkReport): readonly Check[] {
  return [...judgeRoutes(report), ...judgeFigures(report)];
}

/** What it all comes to, and what helps; of a test that found nothing wrong, what it means. */
export function verdict(checks: readonly Check[]): {
  grade: Exclude<Grade, 'absent'>;
  sentence: string;
  advice: readonly string[];
} {
  const isOf = (...grades: Grade[]): Check[] => checks.filter(({ grade }) => grades.includes(grade));
  const adviceOf = (those: readonly Check[]): string[] => those.flatMap(({ advice }) => advice || []);
  if (isOf('testing').length > 0)
    return { grade: 'testing', sentence: text.networkVerdictTesting, advice: [] };
  const bad = isOf('limited', 'failed');
  const isReached = isOf('good').some(({ name }) => name === 'udp' || name === 'tcp' || name === 'relay');
  if (!isReached) return { grade: 'failed', sentence: text.networkVerdictFailed, advice: adviceOf(bad) };
  if (bad.length > 0)
    return { grade: 'limited', sentence: text.networkVerdictLimited, advice: adviceOf(bad) };
  return { grade: 'good', sentence: text.networkVerdictGood, advice: adviceOf(isOf('good')) };
}

/** Ports as a person reads them, such as `40000–40003, 41000`. */
export function portsText(ports: readonly number[]): string {
  const ranges: [from: number, to: number][] = [];
  for (const port of [...ports].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && port <= last[1] + 1) last[1] = port;
    else ranges.push([port, port]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}

function judgeRoutes({ routes, ports }: NetworkReport): Check[] {
  const { udp, tcp, relay } = routes;
  const open = portsText(ports);
  const isReached = udp === 'works' || tcp === 'works' || relay === 'works';
  const isPending = udp === 'testing' || tcp === 'testing' || relay === 'testing';
  // What helps depends on the other ways: it is said once they are known.
  const isKnown = (outcome: Outcome): boolean => outcome === 'works' || !(isPending || outcome === 'testing');
  const detour: Detour = tcp === 'works' ? 'tcp' : relay === 'works' ? 'relay' : null;
  const row = {
    udp: { name: 'udp', label: text.networkUdp, about: text.networkUdpAbout },
    tcp: { name: 'tcp', label: text.networkTcp, about: text.networkTcpAbout },
    relay: { name: 'relay', label: text.networkRelay, about: text.networkRelayAbout },
  } as const;
  const spare = { about: text.networkWorksToo };
  const taken = { about: text.networkTaken };
  const unneeded = { grade: 'absent', result: text.networkFailed, about: text.networkNotNeeded } as const;
  const none = { grade: 'absent', result: text.networkAbsent } as const;
  return [
    !isKnown(udp)
      ? testing(row.udp)
      : udp === 'works'
        ? good(row.udp, { advice: text.networkUdpWorks })
        : failed(row.udp, text.networkUdpBlocked(open, detour)),
    !isKnown(tcp)
      ? testing(row.tcp)
      : tcp === 'works'
        ? good(row.tcp, udp === 'failed' ? taken : spare)
        : isReached
          ? { ...row.tcp, ...unneeded, advice: '' }
          : failed(row.tcp, ''),
    relay === 'missing' && (isReached || isPending)
      ? { ...row.relay, ...none, about: text.networkRelayAbsent, advice: '' }
      : !isKnown(relay)
        ? testing(row.relay)
        : relay === 'works'
          ? good(row.relay, detour === 'relay' && udp === 'failed' ? taken : spare)
          : relay === 'missing'
            ? failed({ ...row.relay, result: text.networkAbsent }, text.networkRelayWanted)
            : isReached
              ? { ...row.relay, ...unneeded, advice: '' }
              : failed(row.relay, text.networkRelayBlocked),
  ];
}

function judgeFigures({ roundTripTime, downlink, uplink }: NetworkReport): Check[] {
  const { networkDownlinkGood, networkDownlinkSmall, networkDownlinkPoor } = text;
  const { networkUplinkGood, networkUplinkSmall, networkUplinkPoor } = text;
  return [
    figure(roundTripTime, {
      ...{ name: 'roundTripTime', label: text.networkRoundTrip, about: text.networkRoundTripAbout },
      shown: (ms) => (ms < 1 ? '< 1 ms' : `${Math.round(ms)} ms`),
      isGood: (ms) => ms <= LATE,
      advice: (ms) => (ms <= LATE ? text.networkRoundTripGood : text.networkRoundTripSlow),
    }),
    figure(downlink, {
      ...{ name: 'downlink', label: text.networkDownlink, about: text.networkDownlinkAbout },
      shown: bitrateText,
      isGood: (bps) => bps >= DOWNLINK.good,
      advice: sized(DOWNLINK, [networkDownlinkGood, networkDownlinkSmall, networkDownlinkPoor]),
    }),
    figure(uplink, {
      ...{ name: 'uplink', label: text.networkUplink, about: text.networkUplinkAbout },
      shown: bitrateText,
      isGood: (bps) => bps >= UPLINK.good,
      advice: sized(UPLINK, [networkUplinkGood, networkUplinkSmall, networkUplinkPoor]),
    }),
  ];
}

type Outcome = NetworkReport['routes'][MediaRoute];
type Row = Pick<Check, 'name' | 'label' | 'about'>;

interface FigureRow extends Row {
  shown: (value: number) => string;
  isGood: (value: number) => boolean;
  advice: (value: number) => string;
}

function figure(value: Figure, { shown, isGood, advice, ...row }: FigureRow): Check {
  if (value === 'testing') return testing(row);
  if (value === null)
    return {
      ...row,
      grade: 'absent',
      result: text.networkUnknown,
      about: text.networkNotMeasured,
      advice: '',
    };
  const grade = isGood(value) ? 'good' : 'limited';
  return { ...row, grade, result: shown(value), advice: advice(value) };
}

const sized =
  (limits: { good: number; small: number }, [good, small, poor]: [string, string, string]) =>
  (bps: number): string =>
    bps >= limits.good ? good : bps >= limits.small ? small : poor;

const bitrateText = (bps: number): string =>
  bps >= MOST_SHOWN ? `> ${inWords(MOST_SHOWN, 'bps')}` : inWords(bps, 'bps');

const testing = (row: Row): Check => ({ ...row, grade: 'testing', result: text.networkTesting, advice: '' });

const good = (row: Row, said: { about?: string; advice?: string }): Check => ({
  advice: '',
  ...row,
  ...said,
  grade: 'good',
  result: text.networkGood,
});

const failed = (row: Row & { result?: string }, advice: string): Check => ({
  result: text.networkFailed,
  ...row,
  grade: 'failed',
  advice,
});
