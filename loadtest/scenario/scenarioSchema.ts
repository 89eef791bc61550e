import { z } from 'zod';
import { TARGETS, VIDEO_CODECS, type Scenario } from './scenario.ts';

const subscription = z.union([z.literal('all'), z.literal('none'), z.number()]);
const every = z.number().optional();

/** A complete scenario in JSON. Unknown keys are left out. */
export const scenarioSchema: z.ZodType<Scenario> = z.object({
  name: z.string(),
  description: z.string(),
  target: z.enum(TARGETS),
  url: z.string().nullable(),
  whepUrl: z.string().optional(),
  rooms: z.number(),
  groups: z.array(
    z.object({
      name: z.string(),
      count: z.number(),
      audio: z.enum(['off', 'muted', 'turns', 'always']),
      video: z
        .object({
          codec: z.enum(VIDEO_CODECS),
          layers: z.int().min(1).max(3),
          height: z.union([z.literal(180), z.literal(360), z.literal(720)]),
          fps: z.number().min(1).max(60),
        })
        .nullable(),
      screen: z.boolean(),
      publish: z
        .object({ dynacast: z.boolean().optional(), loudness: z.enum(['constant', 'noise']).optional() })
        .optional(),
      subscribe: z.object({
        audio: subscription,
        video: subscription,
        maxSpatialLayer: every,
        transportCc: z.boolean().optional(),
        tiles: z.object({ count: z.int().min(1), width: z.int().min(0), height: z.int().min(0) }).optional(),
      }),
      network: z.object({ downlink: every, loss: every, uplinkLoss: every }),
      behaviour: z.object({
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
      }),
    }),
  ),
  ramp: z.object({ rate: every, concurrency: z.number(), order: z.enum(['rooms', 'participants']) }),
  duration: z.number(),
  thresholds: z.array(z.string()),
  incidents: z.array(
    z.object({
      at: z.number(),
      do: z.enum(['killWorker', 'dropAllSockets', 'dropAllNetworks', 'keyFrameStorm']),
      for: every,
    }),
  ),
  seed: z.number(),
});
