import { PEER_CLOSE_REASONS } from '../protocol/models.ts';
import { MOVE_RESULTS } from '../sfu/RoomMoves.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomCloseReason } from '../sfu/roomParts.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { only, tally, type Instruments } from './Instruments.ts';

const ROOM_CLOSE_REASONS = Object.keys({
  empty: true,
  roomClosed: true,
  serverClosed: true,
} satisfies Record<RoomCloseReason, true>);
/** How well a peer is connected, worst first. */
const SCORES = [0, 1, 2, 3, 4, 5];

/** Rooms and people of this node. */
export function roomMetrics(
  instruments: Instruments,
  rooms: Pick<RoomRegistry, 'rooms' | 'peerCount' | 'on'>,
): void {
  instruments.gauge({ name: 'rooms', help: 'Rooms on this node.' }, () => only(rooms.rooms.size));
  instruments.gauge({ name: 'peers', help: 'Peers on this node, those without a socket included.' }, () =>
    only(rooms.peerCount),
  );
  instruments.gauge(
    { name: 'peers_moving', help: 'Peers that move to another worker, or are about to.' },
    () => only([...rooms.rooms.values()].reduce((sum, room) => sum + room.media.moves.size, 0)),
  );
  instruments.gauge(
    {
      name: 'peers_by_connection_score',
      help: 'Peers by how well they are connected, 0 (not at all) to 5.',
      labels: ['score'],
    },
    () => scores(rooms.rooms.values()),
  );
  const created = instruments.counter({ name: 'rooms_created_total', help: 'Rooms that were made.' });
  const closed = instruments.counter(
    { name: 'rooms_closed_total', help: 'Rooms that closed, by reason.', labels: ['reason'] },
    ROOM_CLOSE_REASONS.map((reason) => ({ reason })),
  );
  const joined = instruments.counter({ name: 'peers_joined_total', help: 'Peers that came into a room.' });
  const left = instruments.counter(
    { name: 'peers_left_total', help: 'Peers that are gone, by reason.', labels: ['reason'] },
    PEER_CLOSE_REASONS.map((reason) => ({ reason })),
  );
  const moves = instruments.counter(
    {
      name: 'worker_moves_total',
      help: 'Peers that were to move from one worker to another, by what came of it.',
      labels: ['result'],
    },
    MOVE_RESULTS.map((result) => ({ result })),
  );
  rooms.on('roomCreated', (room) => {
    created.inc();
    room.on('peerJoined', () => joined.inc());
    room.on('peerLeft', (_peer, reason) => left.inc({ reason }));
    room.media.moves.on('ended', (result) => moves.inc({ result }));
    room.once('closed', (reason) => closed.inc({ reason }));
  });
}

function scores(rooms: Iterable<Room>) {
  const counts = tally<'score'>(SCORES.map((score) => ({ score })));
  for (const room of rooms)
    for (const peer of room.peers.values()) counts.add({ score: room.forwarding.quality.connection(peer) });
  return counts;
}
