import { z } from 'zod';
import { setting } from './setting.ts';
import { text, whole } from './settingValues.ts';

/** The settings of recording. */
export const recordingSettings = {
  recordingsDir: setting({
    env: 'PARLEY_RECORDINGS_DIR',
    schema: text.optional(),
    defaultText: 'none: nothing is recorded',
    description: 'directory of recordings, of this server alone; needs ffmpeg',
  }),
  record: setting({
    env: 'PARLEY_RECORD',
    schema: z.enum(['off', 'all'], { error: 'must be off or all' }),
    default: 'off',
    defaultText: 'off',
    description: 'which rooms are recorded without being asked: off (none) or all, from their first track on',
  }),
  maxRecordings: setting({
    env: 'PARLEY_MAX_RECORDINGS',
    schema: whole(1, 1000),
    default: 10,
    description: 'recordings at a time',
  }),
  recordingMaxBytes: setting({
    env: 'PARLEY_RECORDING_MAX_BYTES',
    schema: whole(1_000_000, 100_000_000_000_000),
    default: 20_000_000_000,
    description: 'bytes of one recording, which ends there',
  }),
  recordingMinFree: setting({
    env: 'PARLEY_RECORDING_MIN_FREE',
    schema: whole(0, 100_000_000_000_000),
    default: 1_000_000_000,
    description: 'bytes of its disk that stay free: with less no recording begins, and those that go on end',
  }),
  recordingMaxDuration: setting({
    env: 'PARLEY_RECORDING_MAX_DURATION',
    schema: whole(1, 604_800),
    default: 14_400,
    description: 'seconds of one recording, which ends there',
  }),
} as const;
