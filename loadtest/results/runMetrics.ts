import type { Counter } from './Collector.ts';
import { Histogram } from './Histogram.ts';
import { metrics, type MetricDefinition, type MetricName } from './metrics.ts';
import type { CanaryResult, MetricResult, ProcessHealth, RoomResult } from './runResult.ts';
import type { RunTally } from './RunTally.ts';

/** What is known of the server's processes; absent: it does not run on this machine. */
export interface ServerSums {
  /** Resident bytes: before anybody joined, and at the highest. */
  memory: { first: number; highest: number };
}

export interface RunMeasures {
  tally: RunTally;
  processes: readonly ProcessHealth[];
  canaries: readonly CanaryResult[];
  server: ServerSums | null;
  /** Most bots that were in at a time. */
  participants: number;
}

/** Every metric of a run. What was not measured is null, or a distribution of nothing. */
export function runMetrics(measures: RunMeasures): Record<MetricName, MetricResult> {
  const values = valuesOf(measures);
  const histograms = new Map(measures.tally.histograms);
  for (const name of ['canary.join', 'canary.fps'] as const) histograms.set(name, new Histogram());
  for (const { join, fps } of measures.canaries) {
    if (join !== null) histograms.get('canary.join')?.add(join);
    if (fps !== null) histograms.get('canary.fps')?.add(fps);
  }
  const result = Object.entries<MetricDefinition>(metrics).map(([name, { kind, unit }]) => {
    const metric = name as MetricName;
    return [
      metric,
      kind === 'value'
        ? { kind, unit, value: values[metric] ?? null }
        : { kind, unit, values: (histograms.get(metric) ?? new Histogram()).distribution() },
    ] as const;
  });
  return Object.fromEntries(result) as Record<MetricName, MetricResult>;
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);

function valuesOf(measures: RunMeasures): Partial<Record<MetricName, number | null>> {
  const { tally, processes, canaries, server, participants } = measures;
  const { totals, steady } = tally;
  const seconds = tally.steadySeconds;
  const { total: serverCores, control, workers } = tally.steadyServer;
  const ofWorkers = (pick: (...cores: number[]) => number): number | null =>
    workers.length > 0 ? pick(...workers) : null;
  const rate = (counter: Counter): number | null => (seconds > 0 ? steady[counter] / seconds : null);
  const bits = (counter: Counter): number | null => (seconds > 0 ? (steady[counter] * 8) / seconds : null);
  return {
    'join.failed': share(totals.joinFailed, totals.joinTried),
    'audio.loss': share(totals.audioLost, totals.audioExpected),
    'video.loss': share(totals.videoLost, totals.videoExpected),
    'audio.lossBeforeRecovery': share(totals.audioLost + totals.audioRecovered, totals.audioExpected),
    'video.lossBeforeRecovery': share(totals.videoLost + totals.videoRecovered, totals.videoExpected),
    'audio.reordered': share(totals.audioReordered, totals.audioExpected),
    'video.reordered': share(totals.videoReordered, totals.videoExpected),
    'video.freezes': share(totals.freezes, totals.videoStreamMs / 60_000),
    'video.plis': share(totals.plis, totals.videoStreamMs / 60_000),
    'audio.onsetMissed': totals.onsetsMissed,
    'layers.switchedOff': totals.layersSwitchedOff,
    'layers.switchedOn': totals.layersSwitchedOn,
    'keyframes.asked': totals.keyFramesAsked,
    'keyframes.made': totals.keyFramesMade,
    'quality.changes': totals.causeChanges,
    nacks: share(totals.nackedPackets, totals.audioExpected + totals.videoExpected),
    samples: totals.samples,
    'samples.bad': totals.badSamples,
    sent: rate('sentPackets'),
    received: rate('receivedPackets'),
    'sent.bitrate': bits('sentBytes'),
    'received.bitrate': bits('receivedBytes'),
    errors: tally.errors.reduce((sum, { count }) => sum + count, 0),
    'errors.request': totals.requestErrors,
    lost: totals.lost,
    'server.cpu': serverCores,
    'server.cpu.control': control,
    'server.cpu.workers': ofWorkers((...cores) => cores.reduce((sum, one) => sum + one, 0)),
    'server.cpu.worker': ofWorkers(Math.max),
    'server.cpu.leastWorker': ofWorkers(Math.min),
    'server.cpuPerPacket':
      serverCores === null ? null : share(serverCores * seconds * 1e6, steady.receivedPackets),
    'server.memory': server?.memory.highest ?? null,
    'server.memoryPerParticipant': server
      ? share(server.memory.highest - server.memory.first, participants)
      : null,
    'canary.freezes': canaries.length > 0 ? canaries.reduce((sum, { freezes }) => sum + freezes, 0) : null,
    'canary.audioGaps':
      canaries.length > 0 ? canaries.reduce((sum, { audioGaps }) => sum + audioGaps, 0) : null,
    'generator.cpu': seconds > 0 ? steady.generatorCpu / seconds : null,
    'generator.cpuPerReceived': share(
      (steady.generatorCpu - steady.sendingCpu) * 1e6,
      steady.receivedPackets,
    ),
    'generator.cpuPerSent': share(steady.sendingCpu * 1e6, steady.sentPackets),
    'generator.loop': processes.length > 0 ? Math.max(...processes.map(({ loop }) => loop)) : null,
    'generator.delay': processes.length > 0 ? Math.max(...processes.map(({ delay }) => delay)) : null,
    'generator.drops': processes.reduce((sum, { socketDrops }) => sum + socketDrops, 0),
  };
}

/** The rooms of a run, in the order of their names. */
export function roomResults(tally: RunTally): RoomResult[] {
  return [...tally.rooms]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([name, room]) => ({
      room: name,
      participants: room.joined,
      failed: room.failed,
      audioLoss: share(room.audioLost, room.audioExpected),
      videoLoss: share(room.videoLost, room.videoExpected),
      latency: room.latency.count > 0 ? room.latency.distribution().p95 : null,
      freezes: room.freezes,
      heat: room.heat.map(({ due, flowing }) => share(flowing, due)),
    }));
}
