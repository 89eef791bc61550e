import type { AccessTokens } from '../../src/access/AccessTokens.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { LocalCluster } from '../../src/cluster/local/LocalCluster.ts';
import { PeerOrders } from '../../src/cluster/PeerOrders.ts';
import { RoomService } from '../../src/livekit/RoomService.ts';
import { DefinedRooms } from '../../src/sfu/DefinedRooms.ts';
import { MemoryRoomDefinitions } from '../../src/sfu/RoomDefinition.ts';
import type { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import { silentLogger } from '../../src/support/logger.ts';

/** A cluster of one node. */
export const aloneCluster = (): Cluster =>
  new LocalCluster({
    identity: { id: 'alone', address: '127.0.0.1', region: null, capacity: 100, url: null },
    status: () => ({ peers: 0, cpu: 0, accepting: true }),
    logger: silentLogger,
  });

/** The room service over rooms that are not there yet. */
export function testRoomService(
  rooms: RoomRegistry,
  tokens: AccessTokens,
  cluster: Cluster = aloneCluster(),
  defined = new DefinedRooms(rooms, new MemoryRoomDefinitions()),
  orders = new PeerOrders(cluster, rooms, (room) => defined.open(room)),
): RoomService {
  return new RoomService({ rooms, defined, cluster, orders, tokens });
}
