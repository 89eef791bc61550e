import type { LiveKitEgress } from '../livekit/egressInfo.ts';
import type { LiveKitParticipant, LiveKitRoom, LiveKitTrack } from '../livekit/infos.ts';
import type { Json, Log } from '../store/store.ts';

/*
 * What the server tells other systems, in the shape of LiveKit's WebhookEvent (livekit_webhook.proto).
 */

interface OfEgress {
  egressInfo: LiveKitEgress;
}
interface InRoom {
  room: LiveKitRoom;
}
interface OfParticipant extends InRoom {
  participant: LiveKitParticipant;
}
interface OfTrack extends OfParticipant {
  track: LiveKitTrack;
}

/** What belongs to each kind of event. Another kind needs a line here, and somebody who tells it. */
export interface EventDetails {
  room_started: InRoom;
  room_finished: InRoom;
  participant_joined: OfParticipant;
  participant_left: OfParticipant;
  /** It is gone without a word, or the server that it was on; `participant_left` follows. */
  participant_connection_aborted: OfParticipant;
  track_published: OfTrack;
  track_unpublished: OfTrack;
  /** A recording has begun. */
  egress_started: OfEgress;
  /** Nothing is recorded any more: its files are being finished. */
  egress_updated: OfEgress;
  /** Its files are as they stay. */
  egress_ended: OfEgress;
}

export type EventKind = keyof EventDetails;

/** An event as the log has it. */
export interface LoggedEvent {
  readonly event: EventKind;
  /** Unique; the same in every attempt to deliver it. */
  readonly id: string;
  /** s since the epoch, as text. */
  readonly createdAt: string;
  readonly room?: LiveKitRoom;
  readonly participant?: LiveKitParticipant;
  readonly track?: LiveKitTrack;
  readonly egressInfo?: LiveKitEgress;
}

/** An event as others get it. */
export interface NumberedEvent extends LoggedEvent {
  /** Its place among all events: grows by one, and by more where some were lost. */
  readonly seq: number;
}

/** The log of events. @param limit How many are kept. */
export const eventLog = (limit: number): Log => ({ name: 'events', limit });

/** The store carries JSON, which interfaces without an index signature are as well. */
export const asJson = (value: object): Json => value as Json;
