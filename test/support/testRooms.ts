import { defaultLimits, type Limits } from '../../src/sfu/limits.ts';
import type { OverloadThresholds } from '../../src/sfu/ServerLoad.ts';
import type { PlacementSettings } from '../../src/sfu/placement.ts';
import { RoomRegistry } from '../../src/sfu/RoomRegistry.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { PeerOptions } from '../../src/sfu/peerParts.ts';
import type { ProduceOptions } from '../../src/sfu/produceOptions.ts';
import type { Permissions } from '../../src/protocol/models.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities, vp8SimulcastParameters } from './fabricatedMedia.ts';

export const allPermissions: Permissions = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  roomAdmin: false,
};

/** Real workers on free ports of the loopback interface. */
export function createTestPool(count = 1): Promise<WorkerPool> {
  return WorkerPool.create({ count, rtcPort: 0, announcedAddresses: ['127.0.0.1'], logger: silentLogger });
}

export function createRegistry(
  pool: WorkerPool,
  limits: Partial<Limits> = {},
  overload: Partial<OverloadThresholds> = {},
  placement: Partial<PlacementSettings> = {},
  firstIsHost = false,
): RoomRegistry {
  return new RoomRegistry({
    pool,
    limits: { ...defaultLimits, ...limits },
    overload,
    placement,
    firstIsHost,
    logger: silentLogger,
  });
}

export async function joinPeer(room: Room, options: Partial<PeerOptions> = {}): Promise<Peer> {
  const { peer } = await room.join({ name: 'somebody', permissions: allPermissions, ...options });
  peer.consumers.capabilities.set(rtpCapabilities);
  return peer;
}

/** A request to publish a fabricated microphone. */
export const microphone = (peer: Peer, paused = false): ProduceOptions => ({
  transportId: peer.transports.send.id,
  kind: 'audio',
  source: 'microphone',
  rtpParameters: opusParameters(),
  paused,
});

export const produceMicrophone = (peer: Peer, paused = false) =>
  peer.producers.produce(microphone(peer, paused));

export const produceCamera = (peer: Peer, paused = false, replaces?: string) =>
  peer.producers.produce({
    transportId: peer.transports.send.id,
    kind: 'video',
    source: 'camera',
    rtpParameters: vp8SimulcastParameters(),
    paused,
    replaces,
  });
