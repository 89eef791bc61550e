import { formatValue } from '../results/format.ts';
import {
  formatClock,
  measured,
  NOT_MEASURED,
  plannedParticipants,
  shown,
  shownValue,
} from '../results/measured.ts';
import type { RunResult } from '../results/runResult.ts';
import { verdictText } from '../results/verdict.ts';
import { sparkline, type PlotColor } from './linePlot.ts';
import { markup, trusted, type Markup } from './markup.ts';
import { table } from './page.ts';

/** Name, description and what was run where. */
export function reportHeader(result: RunResult): Markup {
  const { scenario } = result;
  const facts: [string, string][] = [
    ['Started', formatMoment(result.startedAt)],
    ['Took', formatClock(result.took)],
    ['Rooms', String(scenario.rooms)],
    ['Participants', String(plannedParticipants(scenario))],
    ['Server', scenario.url ?? `${scenario.target}, started by the test`],
  ];
  return markup`<header><p class="kicker">Load test report</p><h1>${scenario.name}</h1>${
    scenario.description === '' ? null : markup`<p class="about">${scenario.description}</p>`
  }<dl class="facts">${facts.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}</dl></header>`;
}

/** ISO 8601 as `2026-03-01 14:30:05 UTC`; whatever is no date stays as it is. */
export function formatMoment(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : `${moment.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const ICONS: Record<RunResult['verdict'], string> = {
  met: 'M5 12.5l4.5 4.5L19 7.5',
  broken: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
  invalid: 'M12 5v8.5M12 18.6v.1',
};

export function verdictBanner(result: RunResult): Markup {
  const { label, headline, reasons } = verdictText(result);
  return markup`<div class="verdict ${result.verdict}"><div class="icon" aria-hidden="true"><svg viewBox="0 0 24 24">${trusted(
    `<path d="${ICONS[result.verdict]}"/>`,
  )}</svg></div><div><h2 id="verdict-title">${label}</h2><p>${headline}</p>${
    reasons.length === 0 ? null : markup`<ul>${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`
  }</div></div>`;
}

interface Tile {
  name: string;
  value: string;
  more: string;
  bad?: boolean;
  spark?: { y: (number | null)[]; color: PlotColor };
}

/** The numbers that are asked for first. */
export function headlineTiles(result: RunResult): Markup {
  const { series } = result;
  const planned = plannedParticipants(result.scenario);
  const highest = series.reduce((most, point) => Math.max(most, point.joined), 0);
  const failed = measured(result, 'join.failed');
  const errors = measured(result, 'errors');
  const tiles: Tile[] = [
    {
      name: 'Participants',
      value:
        series.length === 0
          ? NOT_MEASURED
          : `${formatValue(highest, 'count')} of ${formatValue(planned, 'count')}`,
      more:
        failed === null
          ? 'at the same time'
          : failed === 0
            ? 'no join failed'
            : `${shownValue(failed, 'share')} of the joins failed`,
      bad: (failed ?? 0) > 0,
      spark: { y: series.map((point) => point.joined), color: 'c1' },
    },
    {
      name: 'Time to join, p95',
      value: shown(result, 'join', 'p95'),
      more: `p50 ${shown(result, 'join', 'p50')}`,
      spark: { y: series.flatMap((point) => (point.join ? [point.join.p95] : [])), color: 'c2' },
    },
    {
      name: 'Latency, p95',
      value: shown(result, 'latency', 'p95'),
      more: `p50 ${shown(result, 'latency', 'p50')}`,
      spark: { y: series.map((point) => point.latency?.p95 ?? null), color: 'c2' },
    },
    {
      name: 'Video loss',
      value: shown(result, 'video.loss'),
      more: `audio ${shown(result, 'audio.loss')}`,
      spark: {
        y: series.map((point) => (point.videoExpected > 0 ? point.videoLost / point.videoExpected : null)),
        color: 'c2',
      },
    },
    {
      name: 'Received by all bots',
      value: shown(result, 'received.bitrate'),
      more: `packets ${shown(result, 'received')}`,
      spark: { y: series.map((point) => point.receivedBitrate), color: 'c1' },
    },
    {
      name: 'Server CPU',
      value: shown(result, 'server.cpu'),
      more: `${shown(result, 'server.cpuPerPacket')} a packet`,
      spark: { y: series.map((point) => point.serverCpu ?? null), color: 'c3' },
    },
    {
      name: 'Server memory, highest',
      value: shown(result, 'server.memory'),
      more: `${shown(result, 'server.memoryPerParticipant')} a participant`,
      spark: { y: series.map((point) => point.serverMemory ?? null), color: 'c3' },
    },
    {
      name: 'Errors',
      value: shown(result, 'errors'),
      more: `freezes ${shown(result, 'video.freezes')} a video`,
      bad: (errors ?? 0) > 0,
      spark: { y: series.map((point) => point.freezes), color: 'bad' },
    },
  ];
  return markup`<div class="tiles">${tiles.map(
    ({ name, value, more, bad, spark }) =>
      markup`<div class="tile card${bad === true ? ' bad' : ''}"><div class="name">${name}</div><div class="value${
        value === NOT_MEASURED ? ' none' : ''
      }">${value}</div><div class="more">${more.includes(NOT_MEASURED) ? '' : more}</div>${
        spark ? sparkline(spark.y, spark.color) : null
      }</div>`,
  )}</div>`;
}

export function thresholdTable(result: RunResult): Markup {
  if (result.thresholds.length === 0) {
    return markup`<p class="empty">This scenario sets no thresholds.</p>`;
  }
  const rows = result.thresholds.map(({ expression, met, measured: value, unit }) => [
    markup`<code>${expression}</code>`,
    shownValue(value, unit),
    result.verdict === 'invalid'
      ? markup`<span class="badge warn">unknown</span>`
      : met
        ? markup`<span class="badge good">✓ met</span>`
        : markup`<span class="badge bad">✗ broken</span>`,
  ]);
  return markup`<div class="card">${table('What was promised, and what was measured', ['Threshold', 'Measured', 'Outcome'], rows, ['Measured', 'Outcome'])}</div>`;
}
