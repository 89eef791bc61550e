import { RoomServiceClient } from 'livekit-server-sdk';
import { opusParameters, vp8SimulcastParameters } from '../test/support/fabricatedMedia.ts';
import { ServerProcess } from '../test/support/serverProcess.ts';
import { accessToken, API_KEY, API_SECRET } from '../test/support/signalingHarness.ts';
import { SignalingPeer } from '../test/support/signalingPeer.ts';
import { report } from './report.ts';

/*
 * How long a participant is heard and seen after the server API took the right to publish away: from the call of
 * `UpdateParticipant` to the last `producerClosed` that another participant is told, over real sockets.
 */

const ROOM = 'bench';
const ROUNDS = 50;
const TARGET = 500;

const server = await ServerProcess.start({ PARLEY_API_KEY: API_KEY, PARLEY_API_SECRET: API_SECRET });
const service = new RoomServiceClient(server.url, API_KEY, API_SECRET);
const [ann, bob] = [new SignalingPeer(server.url), new SignalingPeer(server.url)];

async function join(peer: SignalingPeer, sub: string) {
  await peer.connected();
  return peer.request('join', { room: ROOM, token: await accessToken({ sub, name: sub }) });
}

try {
  const { media } = await join(ann, 'ann');
  await join(bob, 'bob');
  const { transportId } = media.sendTransport;
  const publish = async () => {
    const sound = { kind: 'audio', source: 'microphone', rtpParameters: opusParameters() } as const;
    const picture = { kind: 'video', source: 'camera', rtpParameters: vp8SimulcastParameters() } as const;
    for (const track of [sound, picture]) {
      await ann.request('produce', { transportId, ...track });
      await bob.event('newProducer');
    }
  };
  const may = (canPublish: boolean) => {
    const permission = { canPublish, canSubscribe: true, canPublishData: true };
    return service.updateParticipant(ROOM, 'ann', { permission });
  };
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await publish();
    const startedAt = performance.now();
    const updated = may(false);
    await bob.event('producerClosed');
    await bob.event('producerClosed');
    times.push(Number((performance.now() - startedAt).toFixed(1)));
    await updated;
    await may(true);
  }
  report('a revoked publisher’s microphone and camera are closed', times, TARGET);
} finally {
  for (const peer of [ann, bob]) peer.close();
  await server.stop();
}
