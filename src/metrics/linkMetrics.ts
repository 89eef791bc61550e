import type { Peer } from '../sfu/Peer.ts';
import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import type { Instruments } from './Instruments.ts';

/** ms between two looks at what was measured last of everybody. */
const INTERVAL = 10_000;
const ROUND_TRIP = [0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2];
const LOSS = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/** Bytes/s: 100 kbps and so on, twice as much each. */
const BANDWIDTH = [12_500, 25_000, 50_000, 100_000, 200_000, 400_000, 800_000, 1_600_000];

export interface LinkMetricsOptions {
  rooms: Pick<RoomRegistry, 'rooms'>;
  /** ms between two observations of each peer. */
  interval?: number;
}

/**
 * How packets travel to and from the peers.
 *
 * The rooms measure that by themselves, a few peers at a time (`RoomLinks`); here no worker is asked. Every ten seconds each
 * peer is one observation, so that one of a large room, measured less often, counts as much as any other.
 *
 * @returns What ends it.
 */
export function linkMetrics(
  instruments: Instruments,
  { rooms, interval = INTERVAL }: LinkMetricsOptions,
): () => void {
  const roundTrip = instruments.histogram({
    name: 'peer_round_trip_seconds',
    help: 'Round trips between this server and the peers that it sends to, each peer once every 10 s.',
    buckets: ROUND_TRIP,
  });
  const loss = instruments.histogram(
    {
      name: 'peer_packet_loss_ratio',
      help: 'Share of packets lost on the way from the peers (in) and to them (out), each peer once every 10 s.',
      labels: ['direction'],
      buckets: LOSS,
    },
    [{ direction: 'in' }, { direction: 'out' }],
  );
  const bandwidth = instruments.histogram({
    name: 'peer_outgoing_bandwidth_bytes_per_second',
    help: 'What the downlinks of peers that get video carry, as congestion control estimates, each peer once every 10 s.',
    buckets: BANDWIDTH,
  });

  const observe = (room: Room, peer: Peer): void => {
    const { up, down, roundTrip: ms, available } = room.forwarding.quality.links.of(peer);
    if (peer.producers.size > 0) loss.observe({ direction: 'in' }, up);
    if (peer.consumers.size > 0) loss.observe({ direction: 'out' }, down);
    // 0 is what it is before it was measured.
    if (ms > 0) roundTrip.observe(ms / 1000);
    if (available !== undefined) bandwidth.observe(available / 8);
  };
  const timer = setInterval(() => {
    for (const room of rooms.rooms.values()) for (const peer of room.peers.values()) observe(room, peer);
  }, interval).unref();
  return () => clearInterval(timer);
}
