import type { Config } from './config.ts';
import type { ForwardingSettings } from './protocol/models.ts';
import type { RecordingsOptions } from './recording/Recordings.ts';
import { defaultForwarding } from './sfu/forwarding/forwardingSettings.ts';
import type { PlacementSettings } from './sfu/placement.ts';

/* What single parts of the server take of the configuration. */

export function forwardingOf(config: Config): ForwardingSettings {
  const { loudest, lastN, dynacast, videoCodecs, audioBitrate } = config;
  return { ...defaultForwarding, loudest, lastN, dynacast, videoCodecs, audioBitrate };
}

export function placementOf({ spreadRooms, spillCpu, spillConsumers }: Config): PlacementSettings {
  return { spreadRooms, spillCpu, spillConsumers };
}

export function plainRtpOf({ plainAddress, plainPorts, maxPlain, egressPrivate }: Config) {
  return { place: { ip: plainAddress, ports: plainPorts }, most: maxPlain, allowPrivate: egressPrivate };
}

export function recordingOf(
  config: Config,
): Pick<RecordingsOptions, 'directory' | 'automatic' | 'limits' | 'place'> {
  const { recordingsDir, record, maxRecordings, recordingMaxBytes, recordingMaxDuration } = config;
  const { recordingMinFree: minFree, nodeId: node, publicUrl: url = null } = config;
  const limits = { maxRecordings, maxBytes: recordingMaxBytes, maxDuration: recordingMaxDuration, minFree };
  return { directory: recordingsDir, automatic: record === 'all', limits, place: { node, url } };
}
