import { z } from 'zod';
import { badRequest, ParleyError } from '../../src/support/errors.ts';
import { COUNTERS, type Tally } from '../results/Collector.ts';
import { Histogram, type HistogramJson } from '../results/Histogram.ts';
import { metrics, type MetricName } from '../results/metrics.ts';
import type { FromGenerator, ToGenerator } from '../run/messages.ts';
import { scenarioSchema } from '../scenario/scenarioSchema.ts';

/*
 * What goes between the coordinator of a run and an agent, as JSON in WebSocket messages. Neither side believes the
 * other: whatever comes is read by these schemas, and ends the connection if it does not read so.
 */

/** Bytes of a message at most: thousands of bots, or a second's tally of as many rooms. */
export const MAX_MESSAGE = 16 * 1024 * 1024;
/** Generator processes of an agent at most. */
export const MAX_PROCESSES = 256;

const short = z.string().max(200);
const sentence = z.string().max(4000);
const count = z.number().min(0);
const whole = z.int().min(0);
const index = z
  .int()
  .min(0)
  .max(MAX_PROCESSES - 1);

/** A server that bots can be sent to. */
const serverUrl = z
  .string()
  .max(2000)
  .refine(
    (text) => URL.canParse(text) && ['http:', 'https:', 'ws:', 'wss:'].includes(new URL(text).protocol),
  );

const assignment = z.object({
  scenario: scenarioSchema,
  url: serverUrl,
  bots: z
    .array(
      z.object({
        index: whole,
        room: short,
        group: short,
        number: whole,
        name: short,
        seed: whole,
        joinAt: count,
      }),
    )
    .max(100_000),
  concurrency: z.int().min(1).max(100_000),
  onlyBots: z.boolean(),
  access: z.object({
    token: sentence.optional(),
    apiKey: short.optional(),
    apiSecret: short.optional(),
  }),
  // Strict, because a file that another machine names is not to be opened.
  clips: z.strictObject({}),
  /** The agent puts its own clock's origin beside it. */
  clockOffset: z.number().optional(),
});

const incident = z.object({
  at: count,
  do: z.enum(['killWorker', 'dropAllSockets', 'dropAllNetworks', 'keyFrameStorm']),
  for: count.optional(),
});

const toGenerator: z.ZodType<ToGenerator> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prepare'), assignment }),
  z.object({ type: z.literal('start') }),
  z.object({ type: z.literal('incident'), incident }),
  z.object({ type: z.literal('end') }),
]);

const histogram: z.ZodType<HistogramJson> = z
  .object({ count: whole, sum: z.number(), min: z.number(), max: z.number(), buckets: z.array(z.int()) })
  .refine((json) => {
    try {
      return Histogram.fromJSON(json).count === json.count;
    } catch {
      return false;
    }
  });

const tally: z.ZodType<Tally> = z.object({
  counters: z.partialRecord(z.enum(COUNTERS), count),
  histograms: z.partialRecord(z.enum(Object.keys(metrics) as [MetricName, ...MetricName[]]), histogram),
  rooms: z.record(
    short,
    z.object({
      audioExpected: count,
      audioLost: count,
      videoExpected: count,
      videoLost: count,
      freezes: count,
      joined: count,
      failed: count,
      due: count,
      flowing: count,
      latency: histogram.optional(),
    }),
  ),
  errors: z
    .array(z.object({ phase: short, code: short, message: sentence, count, firstAt: z.number() }))
    .max(100),
});

const health = z.object({
  pid: whole,
  bots: whole,
  seconds: count,
  cpu: count,
  sendingCpu: count,
  // JSON has no NaN, which it is when no time has passed.
  loop: count.nullable().transform((value) => value ?? 0),
  delay: count,
  socketDrops: count,
});

const fromGenerator: z.ZodType<FromGenerator> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('failed'), code: short, message: sentence }),
  z.object({
    type: z.literal('tally'),
    tally,
    health,
    joined: whole,
    joining: whole,
    failed: whole,
    waiting: whole,
  }),
  z.object({ type: z.literal('ended') }),
]);

/** Coordinator to agent. */
const toAgent = z.discriminatedUnion('type', [
  /** The first one. At most so many processes are wanted; without `url` the server is not known yet. */
  z.object({
    type: z.literal('hello'),
    version: short,
    processes: z.int().min(1).max(MAX_PROCESSES),
    url: serverUrl.optional(),
  }),
  z.object({ type: z.literal('ping'), id: whole }),
  z.object({ type: z.literal('generator'), index, message: toGenerator }),
]);
export type ToAgent = z.infer<typeof toAgent>;

/** Agent to coordinator. */
const fromAgent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), host: short, processes: z.int().min(1).max(MAX_PROCESSES) }),
  /** It does not do what it was asked, and closes. */
  z.object({
    type: z.literal('refused'),
    code: z.enum(['badRequest', 'forbidden', 'invalidState', 'unavailable']),
    message: sentence,
  }),
  /** `time`: the agent's clock, Unix ms. */
  z.object({ type: z.literal('pong'), id: whole, time: z.number() }),
  z.object({ type: z.literal('generator'), index, message: fromGenerator }),
  z.object({ type: z.literal('gone'), index, reason: sentence }),
]);
export type FromAgent = z.infer<typeof fromAgent>;

/** @throws ParleyError `badRequest` */
export const readToAgent = (data: unknown): ToAgent => read(toAgent, data);
/** @throws ParleyError `badRequest` */
export const readFromAgent = (data: unknown): FromAgent => read(fromAgent, data);

/** The body of an HTTP answer that refuses the connection. */
const refusal = z.object({
  code: z.enum(['unauthorized', 'conflict', 'badRequest']),
  message: z.string().max(1000),
});

/** undefined: it was no agent that answered. */
export function readRefusal(text: string): ParleyError | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { data } = refusal.safeParse(json);
  return data && new ParleyError(data.code, data.message);
}

function read<T>(schema: z.ZodType<T>, data: unknown): T {
  let json: unknown;
  try {
    json = JSON.parse(String(data));
  } catch {
    throw badRequest('not JSON');
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badRequest(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
