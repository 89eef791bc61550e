import type { LiveKitParticipant, LiveKitRoom } from '../livekit/infos.ts';
import type { Collection, Json } from '../store/store.ts';
import type { EventLog, TellingChange } from './EventLog.ts';
import { asJson } from './events.ts';

/*
 * Who is in which room on which node, as it was told. So each room begins and ends once for all nodes, whoever moves between
 * nodes neither leaves nor joins, and whoever was on a node that is gone can still be told to have left.
 */

/** Nodes that may have something in the other collections. */
export const NODES: Collection = { name: 'nodes', limit: 10_000 };
/** Rooms, by name and node. */
export const ROOMS: Collection = { name: 'live-rooms', limit: 1_000_000 };
/** Participants, by room and id. */
export const PRESENT: Collection = { name: 'present', limit: 1_000_000 };

/** What is kept of a room on a node. */
export interface LiveRoom {
  readonly node: string;
  readonly room: LiveKitRoom;
}

/** What is kept of a participant. */
export interface Presence extends LiveRoom {
  readonly participant: LiveKitParticipant;
}

/** A room is there on a node; it starts where it is on no other. */
export function roomStarts(log: EventLog, live: LiveRoom): TellingChange[] {
  const { in: collection, key, value } = liveRoom(live);
  return [
    {
      when: [{ in: collection, prefix: prefixOf(live), count: 0 }],
      put: [{ in: collection, key, value }],
      events: [log.make('room_started', { room: live.room })],
    },
    { put: [{ in: collection, key, value }] },
  ];
}

/** A room is gone from a node; it is finished where it is on no other. @param room As it is now. */
export function roomFinishes(log: EventLog, live: LiveRoom, room: LiveKitRoom): TellingChange[] {
  const { in: collection, key, value } = liveRoom(live);
  const isThere = { in: collection, key, is: value };
  const remove = [{ in: collection, key }];
  return [
    {
      when: [isThere, { in: collection, prefix: prefixOf(live), count: 1 }],
      remove,
      events: [log.make('room_finished', { room })],
    },
    { when: [isThere], remove },
  ];
}

/** Somebody is in a room; he joins where he was not there before. */
export function participantJoins(log: EventLog, presence: Presence): TellingChange[] {
  const document = present(presence);
  const { room, participant } = presence;
  return [
    {
      when: [{ in: PRESENT, key: document.key, is: undefined }],
      put: [document],
      events: [log.make('participant_joined', { room, participant })],
    },
    { put: [document] },
  ];
}

/** Somebody is gone from a node, and has left where he is on no other. @param now As they are now. */
export function participantLeaves(
  log: EventLog,
  presence: Presence,
  now: { room: LiveKitRoom; participant: LiveKitParticipant },
  isAborted: boolean,
): TellingChange {
  const { in: collection, key, value } = present(presence);
  return {
    when: [{ in: collection, key, is: value }],
    remove: [{ in: collection, key }],
    events: [
      ...(isAborted ? [log.make('participant_connection_aborted', now)] : []),
      log.make('participant_left', now),
    ],
  };
}

const prefixOf = ({ room }: LiveRoom): string => `${room.name}/`;

function liveRoom(live: LiveRoom): { in: Collection; key: string; value: Json } {
  return { in: ROOMS, key: `${live.room.name}/${live.node}`, value: asJson(live) };
}

function present(presence: Presence): { in: Collection; key: string; value: Json } {
  const { room, participant } = presence;
  return { in: PRESENT, key: `${room.name}/${participant.sid}`, value: asJson(presence) };
}
