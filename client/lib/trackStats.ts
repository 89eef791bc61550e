import type { MediaKind, MediaSource } from '../../src/protocol/models.ts';
import type { ConnectionStats, LayerStats, TrackStats } from './statsTypes.ts';
import { growth, statsOf, streamsOf, type Stat, type StatsReport, type StreamKey } from './statsReport.ts';

/** Which track it is, and by what its streams are known. */
export interface TrackKey extends StreamKey {
  readonly producerId: string;
  readonly peerId: string;
  readonly source: MediaSource;
  readonly kind: MediaKind;
}

/** The figures of one track, out of its transport's report; rates are those since the earlier report. */
export function trackStats(key: TrackKey, report: StatsReport, earlier: StatsReport | undefined): TrackStats {
  const { producerId, peerId, source, kind, direction } = key;
  const streams = streamsOf(report, key);
  const figures =
    direction === 'send' ? sentFigures(streams, report, earlier) : receivedFigures(streams, earlier);
  return { producerId, peerId, source, kind, direction, ...figures, codec: codecOf(streams, report) };
}

/** The figures of one transport, out of its report. */
export function connectionStats(
  direction: 'send' | 'receive',
  report: StatsReport,
  earlier: StatsReport | undefined,
): ConnectionStats {
  const sends = direction === 'send';
  const pair = selectedPair(report);
  const rtp = statsOf(report, sends ? 'outbound-rtp' : 'inbound-rtp');
  const losses = sends ? statsOf(report, 'remote-inbound-rtp') : rtp;
  const available = sends ? pair?.availableOutgoingBitrate : pair?.availableIncomingBitrate;
  return {
    roundTripTime: inMs(pair?.currentRoundTripTime),
    availableBitrate: available ?? null,
    bitrate: pair ? bitrate(pair, earlier, sends) : null,
    packets: sum(rtp, (stat) => (sends ? stat.packetsSent : stat.packetsReceived)),
    packetsLost: sum(losses, (stat) => stat.packetsLost),
  };
}

type Figures = Omit<TrackStats, 'producerId' | 'peerId' | 'source' | 'kind' | 'direction' | 'codec'>;

function sentFigures(
  streams: readonly Stat[],
  report: StatsReport,
  earlier: StatsReport | undefined,
): Figures {
  const remotes = streams.flatMap((stream) => remoteOf(stream, report) ?? []);
  const layers = streams
    .map((stream) => layerStats(stream, earlier))
    .sort((a, b) => (a.rid ?? '').localeCompare(b.rid ?? ''));
  const largest = layers.findLast(({ active, width }) => active && width !== null);
  return {
    bitrate: total(layers.map((layer) => layer.bitrate)),
    packets: sum(streams, ({ packetsSent }) => packetsSent),
    packetsLost: sum(remotes, ({ packetsLost }) => packetsLost),
    jitter: inMs(worst(remotes.map(({ jitter }) => jitter))),
    roundTripTime: inMs(worst(remotes.map(({ roundTripTime }) => roundTripTime))),
    frameWidth: largest?.width ?? null,
    frameHeight: largest?.height ?? null,
    framesPerSecond: largest?.framesPerSecond ?? null,
    framesDropped: null,
    freezeCount: null,
    layers,
  };
}

function receivedFigures(streams: readonly Stat[], earlier: StatsReport | undefined): Figures {
  // After a consumer was built anew its former stream may still be listed.
  const stream = streams.at(-1);
  return {
    bitrate: stream ? bitrate(stream, earlier, false) : null,
    packets: stream?.packetsReceived ?? 0,
    packetsLost: stream?.packetsLost ?? 0,
    jitter: inMs(stream?.jitter),
    roundTripTime: null,
    frameWidth: stream?.frameWidth ?? null,
    frameHeight: stream?.frameHeight ?? null,
    framesPerSecond: stream?.framesPerSecond ?? null,
    framesDropped: stream?.framesDropped ?? null,
    freezeCount: stream?.freezeCount ?? null,
    layers: [],
  };
}

function layerStats(stream: Stat, earlier: StatsReport | undefined): LayerStats {
  return {
    rid: stream.rid ?? null,
    width: stream.frameWidth ?? null,
    height: stream.frameHeight ?? null,
    framesPerSecond: stream.framesPerSecond ?? null,
    bitrate: bitrate(stream, earlier, true),
    active: stream.active ?? true,
  };
}

function bitrate(stat: Stat, earlier: StatsReport | undefined, sends: boolean): number | null {
  const bytes = growth(stat, earlier?.get(stat.id), ({ bytesSent, bytesReceived }) =>
    sends ? bytesSent : bytesReceived,
  );
  return bytes === null ? null : Math.round(bytes * 8);
}

function remoteOf(stream: Stat, report: StatsReport): Stat | undefined {
  if (stream.remoteId !== undefined) return report.get(stream.remoteId);
  return statsOf(report, 'remote-inbound-rtp').find(({ localId }) => localId === stream.id);
}

function codecOf(streams: readonly Stat[], report: StatsReport): string | null {
  const codecId = streams.findLast((stream) => stream.codecId !== undefined)?.codecId;
  return (codecId === undefined ? undefined : report.get(codecId)?.mimeType) ?? null;
}

function selectedPair(report: StatsReport): Stat | undefined {
  for (const { selectedCandidatePairId } of statsOf(report, 'transport')) {
    if (selectedCandidatePairId !== undefined) return report.get(selectedCandidatePairId);
  }
  // Firefox has no `transport`.
  const pairs = statsOf(report, 'candidate-pair');
  return (
    pairs.find(({ selected }) => selected) ??
    pairs.find(({ nominated, state }) => nominated && state === 'succeeded')
  );
}

function sum(stats: readonly Stat[], count: (stat: Stat) => number | undefined): number {
  return stats.reduce((before, stat) => before + (count(stat) ?? 0), 0);
}

/** null when none is known. */
function total(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null);
  return known.length === 0 ? null : known.reduce((before, number) => before + number, 0);
}

function worst(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function inMs(seconds: number | undefined): number | null {
  return seconds === undefined ? null : seconds * 1000;
}
