import type { Consumer, DirectTransport, Producer, Router, RtpCapabilities } from 'mediasoup/types';
import type { ClusterBus } from '../../src/cluster/cluster.ts';
import { NodeMedia, type RoomNodeMedia } from '../../src/cluster/media/NodeMedia.ts';
import { mediaCodecs } from '../../src/sfu/mediaCodecs.ts';
import { PipedProducers } from '../../src/sfu/PipedProducers.ts';
import type { PipeHold } from '../../src/sfu/PipedProducer.ts';
import { RemoteProducers } from '../../src/sfu/RemoteProducers.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { pipeListenInfo } from '../../src/workers/listenAddresses.ts';
import type { MediaWorker } from '../../src/workers/MediaWorker.ts';
import { FabricatedCamera } from './FabricatedCamera.ts';
import { rtpCapabilities } from './fabricatedMedia.ts';
import { until } from './processes.ts';
import { TestNode } from './testCluster.ts';

/** ms; short, so that tests need not wait. */
const KEPT_FOR = 300;
const BEAT = 200;
export const ROOM = 'room';

/** A place on one worker where a room's media is sent and received. */
export interface Place {
  router: Router;
  transport: DirectTransport;
}

/** A node with one room, whose routers are on the workers that it is given. */
export class MediaNode {
  readonly node: TestNode;
  readonly media: NodeMedia;
  readonly places: readonly Place[];
  readonly pipes = new PipedProducers(KEPT_FOR);
  readonly remote: RemoteProducers;
  /** How often a router was kept, less how often it was let go. */
  kept = 0;
  readonly #shared: RoomNodeMedia;
  readonly #published = new Map<
    string,
    { camera: FabricatedCamera; router: Router; transport: DirectTransport }
  >();

  private constructor(url: string, places: readonly Place[], bus?: (bus: ClusterBus) => ClusterBus) {
    this.places = places;
    this.node = new TestNode(url);
    const { nodes, bus: own } = this.node.cluster;
    this.media = new NodeMedia({
      cluster: { nodes, bus: bus?.(own) ?? own },
      listenInfo: pipeListenInfo('127.0.0.1', { min: 49_152, max: 65_535 }),
      logger: silentLogger,
      beat: BEAT,
    });
    this.#shared = this.media.enter({
      name: ROOM,
      publication: (id) => {
        const found = this.#published.get(id);
        return found && { producer: found.camera.producer, router: found.router };
      },
    });
    this.remote = new RemoteProducers({
      bring: (node, producerId, to) => this.#shared.bring(node, producerId, to),
      pipes: this.pipes,
      keep: () => {
        this.kept += 1;
        return () => (this.kept -= 1);
      },
      keptFor: KEPT_FOR,
    });
  }

  /** @param bus Comes between the node and its bus. */
  static async start(
    url: string,
    workers: readonly MediaWorker[],
    bus?: (bus: ClusterBus) => ClusterBus,
  ): Promise<MediaNode> {
    const places = await Promise.all(
      workers.map(async (worker) => {
        const router = await worker.createRouter({ mediaCodecs });
        return { router, transport: await router.createDirectTransport() };
      }),
    );
    return new MediaNode(url, places, bus);
  }

  get id(): string {
    return this.node.id;
  }

  get counts() {
    const { links, arrivals, departures } = this.media;
    return { links, arrivals, departures, remote: this.remote.size, pipes: this.pipes.size, kept: this.kept };
  }

  async publish(place = 0): Promise<FabricatedCamera> {
    const { router } = this.places[place]!;
    // Fabricated cameras all send the same streams.
    const transport = await router.createDirectTransport();
    const camera = await FabricatedCamera.open(transport);
    this.#published.set(camera.producer.id, { camera, router, transport });
    return camera;
  }

  /** On which a camera sends. */
  transportOf(camera: FabricatedCamera): DirectTransport {
    const found = this.#published.get(camera.producer.id);
    if (!found) throw new Error('it is not published here');
    return found.transport;
  }

  hold(from: MediaNode, camera: FabricatedCamera, place = 0): PipeHold {
    return this.remote.hold(from.id, camera.producer.id, this.places[place]!.router);
  }

  /** Subscribes to what another node publishes. */
  async subscribe(
    from: MediaNode,
    camera: FabricatedCamera,
    { place = 0, spatialLayer = 0 } = {},
  ): Promise<Consumer> {
    const held = this.hold(from, camera, place);
    await held.ready;
    const consumer = await this.places[place]!.transport.consume({
      producerId: camera.producer.id,
      rtpCapabilities: rtpCapabilities as RtpCapabilities,
      preferredLayers: { spatialLayer },
    });
    held.follow(consumer);
    return consumer;
  }

  /** The room is not shared any more. */
  leave(): void {
    this.#shared.close();
  }

  async close(): Promise<void> {
    for (const { camera } of this.#published.values()) camera.close();
    this.remote.close();
    this.pipes.close();
    this.media.close();
    for (const { router } of this.places) router.close();
    await this.node.close();
  }
}

/** Resolves once so many packets came. */
export async function receives(consumer: Consumer, packets = 5): Promise<void> {
  let left = packets;
  const count = (): void => void (left -= 1);
  consumer.on('rtp', count);
  await until('packets arrive', () => left <= 0);
  consumer.off('rtp', count);
}

/** Packets that a consumer has sent. */
export const sentBy = (consumer: Consumer): Promise<number> => packetsOf(consumer, 'outbound-rtp');

/** Packets that a producer has received. */
export const receivedBy = (producer: Producer): Promise<number> => packetsOf(producer, 'inbound-rtp');

async function packetsOf(stream: Consumer | Producer, type: string): Promise<number> {
  const stats = (await stream.getStats()) as { type: string; packetCount: number }[];
  return stats.reduce((sum, stat) => sum + (stat.type === type ? stat.packetCount : 0), 0);
}
