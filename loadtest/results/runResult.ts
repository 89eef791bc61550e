import type { Scenario } from '../scenario/scenario.ts';

/** A distribution, in the unit of its metric. */
export interface Distribution {
  count: number;
  min: number;
  avg: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

export type Unit = 'ms' | 'share' | 'count' | 'bps' | 'packets/s' | 'cores' | 'bytes' | 'us' | 'per minute';

/** A metric's outcome over the whole run. A distribution with count 0, and a null value: nothing was measured. */
export type MetricResult =
  | { kind: 'distribution'; unit: Unit; values: Distribution }
  | { kind: 'value'; unit: Unit; value: number | null };

/** `broken` also when nothing was measured that it could be held against. */
export interface ThresholdResult {
  expression: string;
  met: boolean;
  /** null: nothing was measured. */
  measured: number | null;
  unit: Unit;
}

/**
 * `met`: all thresholds (or there are none), `broken`: one at least, `invalid`: the generator was the bottleneck, so
 * that nothing is known of the server.
 */
export type Verdict = 'met' | 'broken' | 'invalid';

/** One second of the run, all bots together. Absent numbers were not measured in it. */
export interface SeriesPoint {
  /** ms since the start. */
  at: number;
  /** Bots that are in a room. */
  joined: number;
  joining: number;
  failed: number;
  /** Distribution of the joins that ended in this second, ms. */
  join?: Distribution;
  sentPackets: number;
  receivedPackets: number;
  /** bps, with RTP headers, without UDP and IP. */
  sentBitrate: number;
  receivedBitrate: number;
  /** Packets missing after recovery, and expected ones. */
  audioLost: number;
  audioExpected: number;
  videoLost: number;
  videoExpected: number;
  /** One-way, ms. */
  latency?: Distribution;
  freezes: number;
  nacks: number;
  plis: number;
  /** Cores that the server's processes use. */
  serverCpu?: number;
  /** Resident bytes of the server's processes. */
  serverMemory?: number;
  /** The same for each process: `control` and the workers. */
  serverProcesses?: { name: string; pid: number; cpu: number; memory: number }[];
  /** Cores that the generator uses, all processes. */
  generatorCpu: number;
  /** The worst process: share of a second that its event loop was busy (0 to 1), and its longest delay in ms. */
  generatorLoop: number;
  generatorDelay: number;
  /** Datagrams that the kernel dropped at the bots' sockets. */
  socketDrops: number;
}

export interface RoomResult {
  room: string;
  participants: number;
  failed: number;
  /** Share of the packets, after recovery; null: nothing was expected. */
  audioLoss: number | null;
  videoLoss: number | null;
  /** p95, ms. */
  latency: number | null;
  freezes: number;
  /** Share of the seconds of all subscriptions in which media came, per interval of `heatInterval` ms. */
  heat: (number | null)[];
}

/** Something that went wrong, and how often. */
export interface ErrorResult {
  /** Such as `connect`, `join`, `ice`, `dtls`, `produce`, `consume`, `firstVideo`, `inRoom`, `resume`, `server`. */
  phase: string;
  /** A code of the protocol, or the tool's own: `refused`, `stalled`, `lost`. */
  code: string;
  message: string;
  count: number;
  /** ms since the start. */
  firstAt: number;
}

export interface ProcessHealth {
  name: string;
  host: string;
  pid: number;
  bots: number;
  /** Cores, over the time with load. */
  cpu: number;
  /** us of CPU per packet. */
  cpuPerReceived: number | null;
  cpuPerSent: number | null;
  /** Share of the time, p95 over the seconds; and ms, the longest delay of a timer. */
  loop: number;
  delay: number;
  socketDrops: number;
}

/** A real browser among the bots, by its own `getStats` (W3C webrtc-stats). */
export interface CanaryResult {
  name: string;
  room: string;
  /** ms from opening the room page until the first frame (or sound, without videos) was decoded; null: never. */
  join: number | null;
  framesDecoded: number;
  /** Frames a second of the average video while it came; null: none did. */
  fps: number | null;
  freezes: number;
  /** ms of frozen picture, all videos together. */
  freezeDuration: number;
  /** Times at which sound was missing and had to be concealed, silence left out. */
  audioGaps: number;
  /** ms that they lasted, all together. */
  audioGapDuration: number;
  /** Most remote videos, and voices, that played at a time. */
  videos: number;
  audios: number;
  /** Why it did not get in or did not stay. */
  error?: string;
}

/** A finished run: what the JSON report holds, and all the others are made from. */
export interface RunResult {
  format: 1;
  tool: { name: 'parley-loadtest'; version: string; node: string };
  machine: { cpu: string; cores: number; memory: number; os: string };
  /** ISO 8601. */
  startedAt: string;
  /** ms. */
  took: number;
  scenario: Scenario;
  /** What the server says of itself, such as its version. */
  server: Record<string, string>;
  verdict: Verdict;
  /** Why it is invalid, a sentence each. */
  invalid: string[];
  thresholds: ThresholdResult[];
  /** By metric, see `metrics.ts`. */
  metrics: Record<string, MetricResult>;
  series: SeriesPoint[];
  heatInterval: number;
  rooms: RoomResult[];
  errors: ErrorResult[];
  generator: ProcessHealth[];
  canaries: CanaryResult[];
}
