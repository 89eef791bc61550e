import { MEDIA_ROUTES } from '../../../src/support/reachability.ts';
import type { Figure, NetworkReport } from '../../lib/networkTest/networkReport.ts';
import { inWords } from '../statistics/plot.ts';
import { text } from '../text.ts';
import type { Detour } from '../languages/englishCallTest.ts';

/**
 * - `testing`: not known yet
 * - `good`, `limited`, `failed`: what it means for a call
 * - `absent`: there is none, or it is not known, and a call does not need it
 */
export type Grade = 'testing' | 'good' | 'limited' | 'failed' | 'absent';

/** One line of the test. */
export interface Check {
  readonly name: 'udp' | 'tcp' | 'relay' | 'roundTripTime' | 'downlink' | 'uplink';
  readonly label: string;
  readonly grade: Grade;
  /** The figure, or the grade in a word. */
  readonly result: string;
  /** What it means, or what helps. */
  readonly sentence: string;
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

/** Of the whole test. */
export function verdict(checks: readonly Check[]): { grade: Exclude<Grade, 'absent'>; sentence: string } {
  const grades = checks.map(({ grade }) => grade);
  if (grades.includes('testing')) return { grade: 'testing', sentence: text.networkVerdictTesting };
  const routes = checks.filter(({ name }) => (MEDIA_ROUTES as readonly string[]).includes(name));
  if (!routes.some(({ grade }) => grade === 'good'))
    return { grade: 'failed', sentence: text.networkVerdictFailed };
  if (grades.includes('limited') || grades.includes('failed'))
    return { grade: 'limited', sentence: text.networkVerdictLimited };
  return { grade: 'good', sentence: text.networkVerdictGood };
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
  const detour: Detour = tcp === 'works' ? 'tcp' : relay === 'works' ? 'relay' : null;
  // Which way helps is not known before all others are.
  const isOpen = udp === 'works' || tcp === 'works' || relay === 'works';
  const isPending = udp === 'testing' || tcp === 'testing' || relay === 'testing';
  return [
    udp === 'works'
      ? good('udp', text.networkUdp, text.networkUdpWorks)
      : udp === 'testing' || (isPending && tcp !== 'works')
        ? testing('udp', text.networkUdp, text.networkUdpAbout)
        : failed('udp', text.networkUdp, text.networkUdpBlocked(portsText(ports), detour)),
    tcp === 'works'
      ? good('tcp', text.networkTcp, udp === 'failed' ? text.networkTaken : text.networkWorksToo)
      : tcp === 'testing' || (isPending && !isOpen)
        ? testing('tcp', text.networkTcp, text.networkTcpAbout)
        : isOpen
          ? unneeded('tcp', text.networkTcp)
          : failed('tcp', text.networkTcp, text.networkTcpBlocked(portsText(ports))),
    relay === 'works'
      ? good(
          'relay',
          text.networkRelay,
          udp === 'failed' && tcp === 'failed' ? text.networkTaken : text.networkWorksToo,
        )
      : relay === 'testing' || (isPending && !isOpen)
        ? testing('relay', text.networkRelay, text.networkRelayAbout)
        : relay === 'missing'
          ? absent('relay', text.networkRelay, isOpen ? text.networkRelayAbsent : text.networkRelayWanted)
          : isOpen
            ? unneeded('relay', text.networkRelay)
            : failed('relay', text.networkRelay, text.networkRelayBlocked),
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
      sentence: (ms) => (ms <= LATE ? text.networkRoundTripGood : text.networkRoundTripSlow),
    }),
    figure(downlink, {
      ...{ name: 'downlink', label: text.networkDownlink, about: text.networkDownlinkAbout },
      shown: bitrateText,
      isGood: (bps) => bps >= DOWNLINK.good,
      sentence: sized(DOWNLINK, [networkDownlinkGood, networkDownlinkSmall, networkDownlinkPoor]),
    }),
    figure(uplink, {
      ...{ name: 'uplink', label: text.networkUplink, about: text.networkUplinkAbout },
      shown: bitrateText,
      isGood: (bps) => bps >= UPLINK.good,
      sentence: sized(UPLINK, [networkUplinkGood, networkUplinkSmall, networkUplinkPoor]),
    }),
  ];
}

interface FigureText {
  name: Check['name'];
  label: string;
  about: string;
  shown: (value: number) => string;
  isGood: (value: number) => boolean;
  sentence: (value: number) => string;
}

function figure(value: Figure, { name, label, about, shown, isGood, sentence }: FigureText): Check {
  if (value === 'testing') return testing(name, label, about);
  if (value === null)
    return { name, label, grade: 'absent', result: text.networkUnknown, sentence: text.networkNotMeasured };
  const grade = isGood(value) ? 'good' : 'limited';
  return { name, label, grade, result: shown(value), sentence: sentence(value) };
}

const sized =
  (limits: { good: number; small: number }, [good, small, poor]: [string, string, string]) =>
  (bps: number): string =>
    bps >= limits.good ? good : bps >= limits.small ? small : poor;

const bitrateText = (bps: number): string =>
  bps >= MOST_SHOWN ? `> ${inWords(MOST_SHOWN, 'bps')}` : inWords(bps, 'bps');

type Name = Check['name'];

const testing = (name: Name, label: string, sentence: string): Check => ({
  ...{ name, label, sentence },
  grade: 'testing',
  result: text.networkTesting,
});
const good = (name: Name, label: string, sentence: string): Check => ({
  ...{ name, label, sentence },
  grade: 'good',
  result: text.networkGood,
});
const failed = (name: Name, label: string, sentence: string): Check => ({
  ...{ name, label, sentence },
  grade: 'failed',
  result: text.networkFailed,
});
const unneeded = (name: Name, label: string): Check => ({
  ...{ name, label },
  grade: 'limited',
  result: text.networkFailed,
  sentence: text.networkNotNeeded,
});
const absent = (name: Name, label: string, sentence: string): Check => ({
  ...{ name, label, sentence },
  grade: 'absent',
  result: text.networkAbsent,
});
