import { egressInfo } from '../livekit/egressInfo.ts';
import type { Recordings } from '../recording/Recordings.ts';
import type { EventLog } from './EventLog.ts';

/** Tells the log what becomes of the recordings that this node makes. */
export function tellOfRecordings(recordings: Pick<Recordings, 'on'>, log: Pick<EventLog, 'tell'>): void {
  recordings.on('started', (timeline) => log.tell('egress_started', { egressInfo: egressInfo(timeline) }));
  recordings.on('ended', (timeline) => log.tell('egress_updated', { egressInfo: egressInfo(timeline) }));
  recordings.on('finished', (timeline) => log.tell('egress_ended', { egressInfo: egressInfo(timeline) }));
}
