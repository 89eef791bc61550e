import { metrics, type MetricDefinition } from '../../../loadtest/results/metrics.ts';
import type {
  Distribution,
  MetricResult,
  RoomResult,
  RunResult,
  SeriesPoint,
} from '../../../loadtest/results/runResult.ts';
import type { Scenario } from '../../../loadtest/scenario/scenario.ts';

/*
 * A made-up run for tests of the reports. No number in here was measured.
 */

/** Numbers from 0 to 1 that are the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export function sampleDistribution(p50: number, count = 80): Distribution {
  return {
    count,
    min: p50 * 0.4,
    avg: p50 * 1.1,
    p50,
    p90: p50 * 1.7,
    p95: p50 * 2.1,
    p99: p50 * 3,
    max: p50 * 4.2,
  };
}

export const sampleScenario: Scenario = {
  name: 'small-meetings',
  description: 'Ten meetings of eight: everybody sees and hears everybody, a few on weak links.',
  target: 'parley',
  url: 'http://127.0.0.1:3000',
  rooms: 10,
  groups: [
    {
      name: 'participants',
      count: 7,
      audio: 'turns',
      video: { codec: 'vp8', layers: 3, height: 720, fps: 30 },
      screen: false,
      subscribe: { audio: 'all', video: 'all', maxSpatialLayer: 1 },
      network: {},
      behaviour: { mute: 20_000, chat: 30_000 },
    },
    {
      name: 'weak',
      count: 1,
      audio: 'turns',
      video: { codec: 'vp8', layers: 2, height: 360, fps: 15 },
      screen: false,
      subscribe: { audio: 'all', video: 4 },
      network: { downlink: 1_500_000, loss: 0.01 },
      behaviour: {},
    },
  ],
  ramp: { rate: 2, concurrency: 8, order: 'rooms' },
  duration: 120_000,
  thresholds: ['join.p95<800ms', 'video.loss<1%', 'latency.p95<50ms', 'join.failed<1%', 'recovery.p95<3s'],
  incidents: [{ at: 60_000, do: 'killWorker' }],
  seed: 1,
};

/** So many seconds: a ramp of about a quarter, then all 80 are in; something breaks at two thirds. */
export function sampleSeries(points: number): SeriesPoint[] {
  const random = seeded(7);
  const ramp = Math.max(1, points / 4);
  const breakAt = Math.floor(ramp + ((points - ramp) * 2) / 3);
  return Array.from({ length: points }, (_, index) => {
    const failed = index > ramp / 2 ? 1 : 0;
    const joined = Math.min(79, Math.floor((index / ramp) * 80));
    const joining = joined + failed >= 80 ? 0 : Math.min(8, 80 - joined - failed);
    const load = joined / 80;
    const trouble = index >= breakAt && index < breakAt + 4 ? 1 : 0;
    const noise = (): number => 0.94 + random() * 0.12;
    const received = Math.round(41_000 * load * load * noise() * (1 - trouble * 0.6));
    const worker = (share: number): number => share * load * load * noise() * (1 - trouble * 0.5);
    const processes = [
      {
        name: 'control',
        pid: 4000,
        cpu: 0.05 + (joining > 0 ? 0.2 : 0.04) * noise(),
        memory: 118e6 + load * 20e6,
      },
      { name: 'worker 1', pid: 4001, cpu: worker(0.33), memory: 31e6 + load * 9e6 },
      { name: 'worker 2', pid: 4002, cpu: worker(0.27), memory: 30e6 + load * 8e6 },
    ];
    return {
      at: (index + 1) * 1000,
      joined,
      joining,
      failed,
      ...(joining > 0 && joined > 0 ? { join: sampleDistribution(180 + load * 160 * noise(), 3) } : {}),
      sentPackets: Math.round(9_200 * load * noise()),
      receivedPackets: received,
      sentBitrate: Math.round(62e6 * load * noise()),
      receivedBitrate: received * 7_400,
      audioLost: Math.round(received * 0.00002 + trouble * 40),
      audioExpected: Math.round(received * 0.2),
      videoLost: Math.round(received * 0.0004 * noise() + trouble * received * 0.12),
      videoExpected: Math.round(received * 0.8),
      ...(received > 0
        ? { latency: sampleDistribution((1.6 + load * 2.2) * noise() + trouble * 18, 400) }
        : {}),
      freezes: trouble * Math.round(20 * random()),
      nacks: Math.round(received * 0.0012 * noise() + trouble * 300),
      plis: Math.round((joining > 0 ? 9 : 1) * random() + trouble * 30),
      serverCpu: processes.reduce((sum, process) => sum + process.cpu, 0),
      serverMemory: processes.reduce((sum, process) => sum + process.memory, 0),
      serverProcesses: processes,
      generatorCpu: 0.15 + load * 0.8 * noise(),
      generatorLoop: Math.min(1, 0.05 + load * 0.38 * noise()),
      generatorDelay: 3 + random() * 9,
      socketDrops: 0,
    };
  });
}

function sampleRooms(random: () => number): RoomResult[] {
  return Array.from({ length: 10 }, (_, room) => ({
    room: `load-${room + 1}`,
    participants: 8,
    failed: room === 3 ? 1 : 0,
    audioLoss: 0.0001 * random(),
    videoLoss: room === 6 ? 0.019 : 0.002 * random(),
    latency: 6 + random() * 3,
    freezes: room === 6 ? 17 : Math.floor(random() * 3),
    heat: Array.from({ length: 32 }, (_, interval) => {
      if (interval <= room * 0.8) return null;
      if (interval >= 23 && interval <= 24 && room % 2 === 0) return 0.3 + random() * 0.4;
      if (room === 6 && interval > 14 && random() > 0.4) return 0.93 + random() * 0.06;
      return random() > 0.95 ? 0.985 : 1;
    }),
  }));
}

const SAMPLE_P50: Record<string, number> = {
  join: 310,
  'join.signaling': 42,
  'join.ice': 6,
  'join.dtls': 58,
  'join.audio': 240,
  'join.video': 290,
  recovery: 1240,
  latency: 3.6,
  'audio.latency': 2.9,
  'video.latency': 3.9,
  'audio.jitter': 1.2,
  'video.jitter': 2.4,
  'video.fps': 29.4,
  'video.keyframeWait': 84,
  'video.freezeDuration': 420,
  rtt: 2.2,
  'request.time': 11,
  'canary.join': 640,
  'canary.fps': 29.1,
};
const SAMPLE_VALUES: Record<string, number> = {
  'join.failed': 0.0125,
  'audio.loss': 0.00008,
  'video.loss': 0.0134,
  'audio.lossBeforeRecovery': 0.0002,
  'video.lossBeforeRecovery': 0.0141,
  'video.freezes': 0.031,
  'video.plis': 0.22,
  nacks: 0.0012,
  samples: 41_200,
  'samples.bad': 0,
  sent: 9_180,
  received: 40_870,
  'sent.bitrate': 61.7e6,
  'received.bitrate': 302e6,
  errors: 5,
  'errors.request': 1,
  lost: 0,
  'server.cpu': 0.71,
  'server.cpu.control': 0.09,
  'server.cpu.workers': 0.62,
  'server.cpu.worker': 0.34,
  'server.cpu.leastWorker': 0.28,
  'server.cpuPerPacket': 14.2,
  'server.memory': 216e6,
  'server.memoryPerParticipant': 462_000,
  'canary.freezes': 1,
  'canary.audioGaps': 2,
  'generator.cpu': 0.94,
  'generator.cpuPerReceived': 14.8,
  'generator.loop': 0.46,
  'generator.delay': 12,
  'generator.drops': 0,
};

export function sampleMetrics(): Record<string, MetricResult> {
  const definitions: [string, MetricDefinition][] = Object.entries(metrics);
  return Object.fromEntries(
    definitions.map(([name, { kind, unit }]): [string, MetricResult] => {
      if (kind === 'value') return [name, { kind, unit, value: SAMPLE_VALUES[name] ?? null }];
      const p50 = SAMPLE_P50[name];
      return [
        name,
        { kind, unit, values: p50 === undefined ? sampleDistribution(0, 0) : sampleDistribution(p50) },
      ];
    }),
  );
}

/** A whole run with one broken threshold. `changes` replace top-level parts. */
export function sampleRun(changes: Partial<RunResult> = {}): RunResult {
  return {
    format: 1,
    tool: { name: 'parley-loadtest', version: '0.1.0', node: 'v20.20.0' },
    machine: { cpu: 'Sample CPU @ 2.6 GHz', cores: 8, memory: 16_800_000_000, os: 'Linux 6.1' },
    startedAt: '2026-03-01T14:30:05.250Z',
    took: 163_400,
    scenario: sampleScenario,
    server: { version: '0.1.0', mediasoup: '3.27.1', workers: '2' },
    verdict: 'broken',
    invalid: [],
    thresholds: [
      { expression: 'join.p95<800ms', met: true, measured: 651, unit: 'ms' },
      { expression: 'video.loss<1%', met: false, measured: 0.0134, unit: 'share' },
      { expression: 'latency.p95<50ms', met: true, measured: 7.56, unit: 'ms' },
      { expression: 'join.failed<1%', met: false, measured: 0.0125, unit: 'share' },
      { expression: 'recovery.p95<3s', met: true, measured: 2604, unit: 'ms' },
    ],
    metrics: sampleMetrics(),
    series: sampleSeries(160),
    heatInterval: 5000,
    rooms: sampleRooms(seeded(3)),
    errors: [
      {
        phase: 'firstVideo',
        code: 'timeout',
        message: 'no complete frame within 10 s',
        count: 3,
        firstAt: 24_300,
      },
      {
        phase: 'join',
        code: 'unavailable',
        message: 'the room is being moved to another worker',
        count: 1,
        firstAt: 21_000,
      },
      {
        phase: 'inRoom',
        code: 'stalled',
        message: 'no media for 5 s from participant-7',
        count: 1,
        firstAt: 104_500,
      },
    ],
    generator: [
      {
        name: 'bots 1',
        host: 'load-a',
        pid: 5101,
        bots: 40,
        cpu: 0.44,
        cpuPerReceived: 14.9,
        cpuPerSent: 21,
        loop: 0.46,
        delay: 12,
        socketDrops: 0,
      },
      {
        name: 'bots 2',
        host: 'load-a',
        pid: 5102,
        bots: 40,
        cpu: 0.43,
        cpuPerReceived: 14.6,
        cpuPerSent: 20,
        loop: 0.44,
        delay: 9,
        socketDrops: 0,
      },
      {
        name: 'probes',
        host: 'load-a',
        pid: 5103,
        bots: 0,
        cpu: 0.07,
        cpuPerReceived: null,
        cpuPerSent: null,
        loop: 0.06,
        delay: 4,
        socketDrops: 0,
      },
    ],
    canaries: [
      {
        name: 'Chromium 1',
        room: 'load-1',
        join: 640,
        framesDecoded: 24_310,
        fps: 29.1,
        freezes: 0,
        freezeDuration: 0,
        audioGaps: 0,
        audioGapDuration: 0,
        videos: 7,
        audios: 7,
      },
      {
        name: 'Chromium 2',
        room: 'load-7',
        join: 702,
        framesDecoded: 22_905,
        fps: 27.4,
        freezes: 1,
        freezeDuration: 380,
        audioGaps: 2,
        audioGapDuration: 40,
        videos: 7,
        audios: 7,
      },
    ],
    ...changes,
  };
}
