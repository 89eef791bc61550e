import { z } from 'zod';
import type { Distribution, RunResult, SeriesPoint, Unit } from '../results/runResult.ts';
import { scenarioSchema } from '../scenario/scenarioSchema.ts';

/** JSON has no NaN: it was written as null. */
const statistic = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);
const maybe = z.number().nullable();

const unit = z.enum([
  'ms',
  'share',
  'count',
  'bps',
  'packets/s',
  'cores',
  'bytes',
  'us',
  'per minute',
]) satisfies z.ZodType<Unit>;

const distribution: z.ZodType<Distribution> = z.object({
  count: z.number(),
  min: statistic,
  avg: statistic,
  p50: statistic,
  p90: statistic,
  p95: statistic,
  p99: statistic,
  max: statistic,
});

const point: z.ZodType<SeriesPoint> = z.object({
  at: z.number(),
  joined: z.number(),
  joining: z.number(),
  failed: z.number(),
  join: distribution.optional(),
  sentPackets: z.number(),
  receivedPackets: z.number(),
  sentBitrate: z.number(),
  receivedBitrate: z.number(),
  audioLost: z.number(),
  audioExpected: z.number(),
  videoLost: z.number(),
  videoExpected: z.number(),
  latency: distribution.optional(),
  freezes: z.number(),
  nacks: z.number(),
  plis: z.number(),
  serverCpu: z.number().optional(),
  serverMemory: z.number().optional(),
  serverProcesses: z
    .array(z.object({ name: z.string(), pid: z.number(), cpu: z.number(), memory: z.number() }))
    .optional(),
  generatorCpu: z.number(),
  generatorLoop: z.number(),
  generatorDelay: z.number(),
  socketDrops: z.number(),
});

/** A RunResult in JSON. Unknown keys are left out. */
export const reportSchema: z.ZodType<RunResult> = z.object({
  format: z.literal(1),
  tool: z.object({ name: z.literal('parley-loadtest'), version: z.string(), node: z.string() }),
  machine: z.object({ cpu: z.string(), cores: z.number(), memory: z.number(), os: z.string() }),
  startedAt: z.string(),
  took: z.number(),
  scenario: scenarioSchema,
  server: z.record(z.string(), z.string()),
  verdict: z.enum(['met', 'broken', 'invalid']),
  invalid: z.array(z.string()),
  thresholds: z.array(z.object({ expression: z.string(), met: z.boolean(), measured: maybe, unit })),
  metrics: z.record(
    z.string(),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('distribution'), unit, values: distribution }),
      z.object({ kind: z.literal('value'), unit, value: maybe }),
    ]),
  ),
  series: z.array(point),
  heatInterval: z.number(),
  rooms: z.array(
    z.object({
      room: z.string(),
      participants: z.number(),
      failed: z.number(),
      audioLoss: maybe,
      videoLoss: maybe,
      latency: maybe,
      freezes: z.number(),
      heat: z.array(maybe),
    }),
  ),
  errors: z.array(
    z.object({
      phase: z.string(),
      code: z.string(),
      message: z.string(),
      count: z.number(),
      firstAt: z.number(),
    }),
  ),
  generator: z.array(
    z.object({
      name: z.string(),
      host: z.string(),
      pid: z.number(),
      bots: z.number(),
      cpu: z.number(),
      cpuPerReceived: maybe,
      cpuPerSent: maybe,
      loop: z.number(),
      delay: z.number(),
      socketDrops: z.number(),
    }),
  ),
  canaries: z.array(
    z.object({
      name: z.string(),
      room: z.string(),
      join: maybe,
      framesDecoded: z.number(),
      fps: maybe,
      freezes: z.number(),
      freezeDuration: z.number(),
      audioGaps: z.number(),
      audioGapDuration: z.number(),
      videos: z.number(),
      audios: z.number(),
      error: z.string().optional(),
    }),
  ),
});
