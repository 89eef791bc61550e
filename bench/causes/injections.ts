import { joinPeer } from '../../test/support/testRooms.ts';
import type { Injection } from './Trial.ts';

/**
 * Every cause that can be had on one server, made on purpose. `relayLoss` is missing: rooms live on one server. What only
 * a browser knows comes as the report that it would send.
 */
export const injections: readonly Injection[] = [
  { cause: 'fine' },
  {
    cause: 'connecting',
    // Somebody who never builds what it is offered.
    watch: async ({ room, camera }) => {
      const viewer = await joinPeer(room);
      await room.consume(viewer, [camera.producerId]);
      return { viewer, producerId: camera.producerId };
    },
  },
  {
    cause: 'mutedBySender',
    inject: async ({ publishers, camera }) => publishers[0]?.producers.pause(camera.producerId),
  },
  { cause: 'notVisible', inject: (trial) => trial.look({ visible: false }) },
  {
    cause: 'notInLastN',
    publishers: 2,
    inject: (trial) => {
      trial.room.forwarding.configure({ lastN: 1 });
      trial.room.forwarding.spoke(trial.publishers[0]?.id ?? '');
    },
    watch: ({ viewer, publishers, trackOf }) => ({ viewer, producerId: trackOf(publishers[1], 'video') }),
  },
  {
    cause: 'notAmongLoudest',
    publishers: 2,
    publisher: { publish: { loudness: 'noise' } },
    inject: ({ room }) => room.forwarding.configure({ loudest: 1 }),
    watch: async (trial) => {
      const { forwarding } = trial.room;
      while (forwarding.microphones.facts().places.length === 0)
        await new Promise((resolve) => setTimeout(resolve, 50));
      const microphones = trial.publishers.map((peer) => trial.trackOf(peer, 'audio'));
      const other = microphones.find((id) => !forwarding.microphones.facts().places.includes(id));
      return { viewer: trial.viewer, producerId: other ?? '' };
    },
  },
  { cause: 'tileIsSmall', inject: (trial) => trial.look({ width: 160, height: 90 }) },
  {
    cause: 'layerNotSent',
    // The encoder leaves its highest layer out, for whatever reason.
    inject: ({ publishers, camera }) => publishers[0]?.producers.tellDemand(camera.producerId, 1),
  },
  {
    cause: 'senderCpu',
    inject: (trial) => {
      trial.publishers[0]?.producers.tellDemand(trial.camera.producerId, 1);
      trial.report('cpu');
    },
  },
  {
    cause: 'senderBandwidth',
    inject: (trial) => {
      trial.publishers[0]?.producers.tellDemand(trial.camera.producerId, 1);
      trial.report('bandwidth');
    },
  },
  { cause: 'senderLoss', publisher: { network: { uplinkLoss: 0.07 } } },
  {
    cause: 'receiverBandwidth',
    viewer: { network: { downlink: 500_000 } },
    initialOutgoingBitrate: 1_000_000,
  },
  { cause: 'receiverLoss', viewer: { network: { loss: 0.07 } } },
  {
    cause: 'receiverCpu',
    inject: ({ room, viewer, camera: { producerId } }) =>
      room.forwarding.quality.report(viewer, [], [{ producerId, cpuLimited: true, missing: false }]),
  },
  { cause: 'serverOverload', overload: { workerBusy: 0 } },
  {
    cause: 'codecFallback',
    // The bots go on with VP8, as a browser does that cannot encode anything else.
    inject: ({ room }) => room.forwarding.configure({ videoCodecs: ['video/AV1', 'video/VP8'] }),
  },
];
