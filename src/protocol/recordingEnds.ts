/**
 * Why a recording ended: asked to, its room ended, a limit of time or of bytes, the disk is nearly full, what writes it
 * failed, its server ended.
 */
export const RECORDING_END_REASONS = [
  'stopped',
  'roomClosed',
  'timeLimit',
  'diskLimit',
  'diskFull',
  'recorderFailed',
  'serverClosed',
] as const;
export type RecordingEndReason = (typeof RECORDING_END_REASONS)[number];
