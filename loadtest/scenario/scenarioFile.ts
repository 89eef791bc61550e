import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { parseThreshold } from '../results/thresholds.ts';
import * as readings from './readings.ts';
import { TARGETS, VIDEO_CODECS } from './scenario.ts';

/** A field that is read as in a flag; undefined in the schema's input means that a required one is missing. */
function field<T>(reading: readings.Reading<T>) {
  return z.unknown().transform((value, context): T => {
    const result = reading.read(value);
    if (result !== undefined) return result;
    context.addIssue(value === undefined ? 'is missing' : reading.expected);
    return z.NEVER;
  });
}

/** What is no object is read by `short`, what is one by `schema`, so that its errors name its own fields. */
function shortOr<T, S extends z.ZodType>(short: readings.Reading<T>, schema: S) {
  return z.unknown().transform((value, context): T | z.output<S> => {
    if (typeof value !== 'object' || value === null) {
      const result = short.read(value);
      if (result !== undefined) return result;
      context.addIssue(short.expected);
      return z.NEVER;
    }
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const { path, message } of problemsOf(result.error)) {
      context.issues.push({ code: 'custom', path, message, input: value });
    }
    return z.NEVER;
  });
}

/** An object without other fields; its error has a line for each unknown one. */
function mapping<S extends z.ZodRawShape>(shape: S) {
  const unknown = (key: string): string => `is unknown${didYouMean(key, Object.keys(shape))}`;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map(unknown).join('\n') : 'must be a mapping of fields',
  });
}

/** What is wrong, and with which field. */
export function problemsOf(error: z.ZodError): { path: (string | number)[]; message: string }[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ path: [...path, key], message: messages[index] ?? '' }));
  });
}

const text = z
  .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'must be text') })
  .trim()
  .min(1, 'must not be empty');
const flag = z.boolean('must be true or false');
const listOf = <S extends z.ZodType>(item: S) => z.array(item, { error: 'must be a list' });

const video = shortOr(
  readings.video,
  mapping({
    codec: field(readings.oneOf(VIDEO_CODECS)).optional(),
    layers: field(readings.videoLayers).optional(),
    height: field(readings.oneOf(readings.VIDEO_HEIGHTS)).optional(),
    fps: field(readings.videoFps).optional(),
  }),
);

const tiles = shortOr(
  readings.orOff(readings.tiles),
  mapping({
    count: field(readings.tileCount),
    width: field(readings.tilePixels).optional(),
    height: field(readings.tilePixels).optional(),
  }).transform(({ count, width, height }) => {
    const grid = readings.gridOf(count);
    const across = width ?? (height === undefined ? grid.width : Math.round((height * 16) / 9));
    return { count, width: across, height: height ?? Math.round((across * 9) / 16) };
  }),
);

const subscribeShort: readings.Reading<readings.SubscribePatch> = {
  expected: 'must be all, none, or a mapping with audio, video, maxSpatialLayer and tiles',
  read: (value) => {
    if (typeof value === 'number') return undefined;
    const both = readings.subscription.read(value);
    return both === undefined ? undefined : { audio: both, video: both };
  },
};

const subscribe = shortOr(
  subscribeShort,
  mapping({
    audio: field(readings.subscription).optional(),
    video: field(readings.subscription).optional(),
    maxSpatialLayer: field(readings.orOff(readings.whole(0, 2))).optional(),
    tiles: tiles.optional(),
  }),
);

const publish = mapping({
  dynacast: flag.optional(),
  loudness: field(readings.oneOf(readings.LOUDNESSES)).optional(),
});

const network = mapping({
  downlink: field(readings.orOff(readings.bitrate)).optional(),
  loss: field(readings.share).optional(),
  uplinkLoss: field(readings.share).optional(),
});

const every = field(
  readings.orOff({
    ...readings.duration,
    read: (value) => (readings.duration.read(value) === 0 ? undefined : readings.duration.read(value)),
  }),
).optional();

const behaviour = mapping({
  mute: every,
  cameraOff: every,
  switchTile: every,
  page: every,
  share: every,
  chat: every,
  dropNetwork: every,
  dropFor: every,
  rejoin: every,
  vanish: every,
});

/** What a group says, or the top of the file says for all of its groups. */
const participation = {
  audio: field(readings.audio).optional(),
  video: video.optional(),
  screen: flag.optional(),
  publish: publish.optional(),
  subscribe: subscribe.optional(),
  network: network.optional(),
  behaviour: behaviour.optional(),
};

const group = mapping({ name: text, count: field(readings.whole(0, 10_000)).optional(), ...participation });

const ramp = shortOr(
  readings.ramp,
  mapping({
    rate: field(readings.orOff(readings.rate)).optional(),
    concurrency: field(readings.concurrency).optional(),
    order: field(readings.oneOf(['rooms', 'participants'])).optional(),
  }),
);

const incident = mapping({
  at: field(readings.duration),
  do: field(readings.oneOf(['killWorker', 'dropAllSockets', 'dropAllNetworks', 'keyFrameStorm'])),
  for: field(readings.duration).optional(),
});

const threshold = text.transform((expression, context) => {
  try {
    return parseThreshold(expression).expression;
  } catch (error) {
    context.addIssue((error as Error).message);
    return z.NEVER;
  }
});

/** A scenario as it is written; units are read, nothing is filled in. */
export const scenarioFileSchema = mapping({
  extends: text.optional(),
  name: text.optional(),
  description: text.optional(),
  target: field(readings.oneOf(TARGETS)).optional(),
  url: text.optional(),
  whepUrl: text.optional(),
  rooms: field(readings.whole(1, 10_000)).optional(),
  participants: field(readings.whole(1, 10_000)).optional(),
  ...participation,
  groups: listOf(group).min(1, 'must not be empty').optional(),
  ramp: ramp.optional(),
  duration: field(readings.duration).optional(),
  thresholds: listOf(threshold).optional(),
  incidents: listOf(incident).optional(),
  seed: field(readings.whole(0, 2 ** 32 - 1)).optional(),
});

export type ScenarioFile = z.output<typeof scenarioFileSchema>;
export type GroupFile = z.output<typeof group>;
