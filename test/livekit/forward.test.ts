import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessToken, RoomServiceClient, TrackSource } from 'livekit-server-sdk';
import type { Consumer, RtpCapabilities } from 'mediasoup/types';
import { decodeDownFrame, encodeDataFrame } from '../../src/protocol/dataFrame.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { Room } from '../../src/sfu/Room.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { MediasoupObjects } from '../support/MediasoupObjects.ts';
import { until } from '../support/processes.ts';
import { RtpCamera } from '../support/RtpCamera.ts';
import { API_KEY, API_SECRET, SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

/* ForwardParticipant: somebody of the hall is heard and seen in the annex too. Both rooms are on one worker, or not. */

const HALL = 'hall';
const ANNEX = 'annex';
/** `livekit.ParticipantInfo.KindDetail`. */
const FORWARDED = 1;

const objects = new MediasoupObjects();
let harness: SignalingHarness;
let client: RoomServiceClient;
let pool: WorkerPool;

const start = async (workers: number): Promise<void> => {
  pool = await createTestPool(workers);
};
const end = async (): Promise<void> => {
  pool.close();
  await pool.terminated();
};
const open = async (): Promise<void> => {
  await until('all workers run', () => pool.workers.every(({ closed }) => !closed) && pool.ready);
  harness = await SignalingHarness.start(pool, { open: false });
  client = new RoomServiceClient(harness.url, API_KEY, API_SECRET);
};
const close = async (): Promise<void> => {
  await harness.close();
  expect(objects.total).toBe(0);
};

async function join(identity: string, room: string, grant: Record<string, unknown> = {}) {
  const token = new AccessToken(API_KEY, API_SECRET, {
    identity,
    name: identity.toUpperCase(),
    metadata: `of ${room}`,
    attributes: { seat: '1' },
  });
  token.addGrant({ roomJoin: true, room, ...grant });
  const { peer: socket, answer } = await harness.joined(room, { token: await token.toJwt() });
  return { socket, answer, room, peerId: answer.peerId };
}
type Joined = Awaited<ReturnType<typeof join>>;

const roomNamed = (name: string): Room => harness.registry.rooms.get(name)!;
const peerOf = ({ room, peerId }: Joined): Peer => roomNamed(room).peers.get(peerId)!;
/** Who stands for somebody in the other room. */
const standIn = (identity: string, room = ANNEX): Peer | undefined =>
  [...roomNamed(room).peers.values()].find((peer) => peer.identity === identity && peer.isForwarded);
const forward = (identity = 'ann', from = HALL, to = ANNEX) => client.forwardParticipant(from, identity, to);

async function publish({ socket, answer }: Joined, source: 'microphone' | 'camera', replaces?: string) {
  const { producerId } = await socket.request('produce', {
    transportId: answer.media.sendTransport.transportId,
    kind: source === 'camera' ? 'video' : 'audio',
    source,
    rtpParameters: source === 'camera' ? vp8SimulcastParameters() : opusParameters(),
    ...(source === 'camera' ? { width: 1280, height: 720, label: 'front' } : {}),
    ...(replaces === undefined ? {} : { replaces }),
  });
  return producerId;
}

const workerOf = (room: string, peer: Peer) =>
  pool.workers.find(({ index }) => index === roomNamed(room).media.routers.workerIndex(peer))!;

/** Subscribes without a client, so that packets can be looked at. */
async function receive(producerId: string, spatialLayer = 0): Promise<Consumer> {
  const { router } = roomNamed(ANNEX).tracks.local(producerId)!;
  const transport = await router.createDirectTransport();
  return transport.consume({
    producerId,
    rtpCapabilities: rtpCapabilities as RtpCapabilities,
    preferredLayers: { spatialLayer },
  });
}

async function arrives(consumer: Consumer, packets = 5): Promise<void> {
  let left = packets;
  consumer.on('rtp', () => (left -= 1));
  await until('packets arrive', () => left <= 0);
}

/** How somebody says something, without a client. */
async function mouthOf(who: Joined): Promise<(text: string, to?: string[]) => void> {
  const peer = peerOf(who);
  const { router } = peer.transports;
  const transport = await router.createDirectTransport();
  const upstream = await transport.produceData();
  await roomNamed(who.room).data.listen(peer, upstream, true, router);
  return (text, to) => {
    const header = { format: 'text' as const, topic: 't', ...(to ? { to } : {}) };
    upstream.send(Buffer.from(encodeDataFrame(header, Buffer.from(text))), 53);
  };
}
const saidIn = (room: string) => roomNamed(room).data.next('sent');

const refusalOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => {
      const { status, code } = error as { status: number; code: string };
      return `${status} ${code}`;
    },
  );

describe.each([1, 2])('a forwarded participant, with %d workers', (workers) => {
  beforeAll(() => start(workers));
  beforeEach(open);
  afterEach(close);
  afterAll(end);

  it('is in the other room with all that it is and publishes, from then on too', async () => {
    const ann = await join('ann', HALL);
    const microphone = await publish(ann, 'microphone');
    const camera = await publish(ann, 'camera');
    await ann.socket.request('pauseProducer', { producerId: camera });
    const bob = await join('bob', ANNEX);
    await forward();
    const { peer } = await bob.socket.event('peerJoined');
    expect(peer).toMatchObject({ identity: 'ann', name: 'ANN', metadata: 'of hall', forwarded: true });
    expect(peer.peerId).not.toBe(ann.peerId);
    expect(await client.getParticipant(ANNEX, 'ann')).toMatchObject({
      identity: 'ann',
      name: 'ANN',
      metadata: 'of hall',
      attributes: { seat: '1' },
      kindDetails: [FORWARDED],
      tracks: [
        { mimeType: 'audio/opus', muted: false },
        { mimeType: 'video/VP8', muted: true, width: 1280, height: 720, simulcast: true, name: 'front' },
      ],
    });
    // Twice is once.
    await forward();
    expect(await client.listParticipants(ANNEX)).toHaveLength(2);
    expect(await client.listParticipants(HALL)).toMatchObject([{ identity: 'ann', kindDetails: [] }]);

    const [there, pictureThere] = standIn('ann')!.producers.list();
    expect([there?.producerId, pictureThere?.producerId]).not.toEqual([microphone, camera]);
    await ann.socket.request('resumeProducer', { producerId: camera });
    expect(await bob.socket.event('producerResumed')).toMatchObject({
      producerId: pictureThere?.producerId,
    });
    await ann.socket.request('resizeProducer', { producerId: camera, width: 640, height: 360 });
    expect(roomNamed(ANNEX).tracks.local(pictureThere!.producerId)?.picture).toMatchObject({ width: 640 });
    await ann.socket.request('pauseProducer', { producerId: microphone });
    expect(await bob.socket.event('producerPaused')).toMatchObject({ producerId: there?.producerId });
    await client.updateParticipant(HALL, 'ann', { name: 'Ann B.', attributes: { seat: '', table: '2' } });
    expect(await bob.socket.event('peerUpdated')).toMatchObject({
      name: 'Ann B.',
      attributes: { table: '2' },
    });
    bob.socket.told.length = 0;
    const other = await publish(ann, 'camera', camera);
    const { producer } = await bob.socket.event('newProducer');
    expect(producer).toMatchObject({ source: 'camera', replaces: pictureThere?.producerId });
    expect(await bob.socket.event('producerClosed')).toMatchObject({
      producerId: pictureThere?.producerId,
      reason: 'closed',
    });
    await ann.socket.request('closeProducer', { producerId: other });
    expect(await bob.socket.event('producerClosed')).toMatchObject({ producerId: producer.producerId });
    await ann.socket.request('leave', {});
    expect(await bob.socket.event('peerLeft')).toEqual({ peerId: peer.peerId, reason: 'left' });
  });

  it('is seen there in the layers that are wanted, when it is not muted', async () => {
    const ann = await join('ann', HALL);
    const camera = await RtpCamera.open(roomNamed(HALL), peerOf(ann));
    await join('bob', ANNEX);
    await forward();
    const [there] = standIn('ann')!.producers.list();
    const small = await receive(there!.producerId, 0);
    await arrives(small);
    const large = await receive(there!.producerId, 2);
    await arrives(large);
    expect([small, large].map(({ currentLayers }) => currentLayers?.spatialLayer)).toEqual([0, 2]);
    camera.keyframesAsked.clear();
    await large.requestKeyFrame();
    await until('the publisher is asked for a picture', () => camera.keyframesAsked.has(2));
    const { producers } = peerOf(ann);
    await producers.pause(camera.producer.producerId);
    await until('it is muted', () => large.producerPaused);
    await producers.resume(camera.producer.producerId);
    await until('it is open', () => !large.producerPaused);
    await arrives(large);
    camera.close();
    await until('nothing of it is there', () => large.closed && standIn('ann')!.producers.size === 0);
  });

  it('is asked for the layers that people there need', async () => {
    const ann = await join('ann', HALL);
    const producerId = await publish(ann, 'camera');
    const bob = await join('bob', ANNEX);
    await forward();
    // Nobody needs it as yet, and nothing crosses.
    expect(await ann.socket.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
    const [pipe] = [...objects.pipeConsumers];
    await until('nothing crosses', () => pipe!.paused);
    const { producer } = await bob.socket.event('newProducer');
    const look = async (width: number, height: number) =>
      bob.socket.request('setViews', {
        views: [{ producerId: producer.producerId, visible: true, width, height, importance: 'normal' }],
      });
    await look(320, 180);
    const { consumers } = await bob.socket.request('consume', {
      producerIds: [producer.producerId],
      rtpCapabilities,
    });
    expect(consumers).toMatchObject([{ type: 'simulcast' }]);
    await bob.socket.request('resumeConsumers', { consumerIds: consumers.map((one) => one.consumerId) });
    expect(await ann.socket.event('demandChanged')).toEqual({ producerId, spatialLayer: 0 });
    await until('it crosses', () => !pipe!.paused);
    await look(1280, 720);
    expect(await ann.socket.event('demandChanged')).toEqual({ producerId, spatialLayer: 2 });
    await client.removeParticipant(ANNEX, 'ann');
    expect(await ann.socket.event('demandChanged')).toEqual({ producerId, spatialLayer: null });
  });

  it('publishes what people there decode', async () => {
    const ann = await join('ann', HALL);
    peerOf(ann).consumers.capabilities.set(decoding('video/AV1', 'video/VP8'));
    roomNamed(HALL).forwarding.configure({ videoCodecs: ['video/AV1'] });
    await until('the hall has its codec', () => roomNamed(HALL).forwarding.videoCodec === 'video/AV1');
    const bob = await join('bob', ANNEX);
    await forward();
    ann.socket.told.length = 0;
    peerOf(bob).consumers.capabilities.set(decoding('video/VP8'));
    expect(await ann.socket.event('roomConfigured')).toMatchObject({ videoCodec: 'video/VP8' });
    await bob.socket.request('leave', {});
    expect(await ann.socket.event('roomConfigured')).toMatchObject({ videoCodec: 'video/AV1' });
  });

  it('says there what it says to all, and nothing that is for some', async () => {
    const ann = await join('ann', HALL);
    const cyd = await join('cyd', HALL);
    await join('bob', ANNEX);
    await forward();
    const heard: (string | undefined)[] = [];
    roomNamed(ANNEX).data.on('sent', ({ frame }) => {
      const { header, payload } = decodeDownFrame(frame)!;
      heard.push(`${header.from} ${header.topic} ${Buffer.from(payload).toString()}`);
    });
    const [annSays, cydSays] = [await mouthOf(ann), await mouthOf(cyd)];
    cydSays('from somebody else');
    annSays('to cyd', [cyd.peerId]);
    annSays('to all');
    await until('it is heard', () => heard.length > 0);
    const permission = { canPublish: true, canSubscribe: true };
    await client.updateParticipant(ANNEX, 'ann', { permission });
    const unheard = saidIn(HALL);
    annSays('unheard');
    await unheard;
    await client.updateParticipant(ANNEX, 'ann', { permission: { ...permission, canPublishData: true } });
    annSays('to all again');
    await until('it is heard again', () => heard.length > 1);
    const { id } = standIn('ann')!;
    expect(heard).toEqual([`${id} t to all`, `${id} t to all again`]);
  });

  it('may be muted, silenced and put out there, which is nothing to its own room', async () => {
    const ann = await join('ann', HALL);
    const microphone = await publish(ann, 'microphone');
    await publish(ann, 'camera');
    const bob = await join('bob', ANNEX);
    await forward();
    const [sound, picture] = standIn('ann')!.producers.list();
    await client.mutePublishedTrack(ANNEX, 'ann', sound!.producerId, true);
    expect(await bob.socket.event('producerPaused')).toMatchObject({ producerId: sound!.producerId });
    expect(peerOf(ann).producers.list()).toMatchObject([{ paused: false }, { paused: false }]);
    await ann.socket.request('pauseProducer', { producerId: microphone });
    await ann.socket.request('resumeProducer', { producerId: microphone });
    expect(await bob.socket.event('producerResumed')).toMatchObject({ producerId: sound!.producerId });

    const permission = {
      canPublishSources: [TrackSource.MICROPHONE],
      canSubscribe: true,
      canPublishData: true,
    };
    await client.updateParticipant(ANNEX, 'ann', { permission });
    expect(await bob.socket.event('producerClosed')).toMatchObject({
      producerId: picture!.producerId,
      reason: 'removed',
    });
    await client.updateParticipant(ANNEX, 'ann', {
      permission: { ...permission, canPublishSources: [TrackSource.CAMERA, TrackSource.MICROPHONE] },
    });
    await until('it is seen again', () => standIn('ann')!.producers.size === 2);
    await client.updateParticipant(HALL, 'ann', { permission: { canSubscribe: true } });
    await until('what it may not publish is nowhere', () => standIn('ann')!.producers.size === 0);

    await client.removeParticipant(ANNEX, 'ann');
    expect(await bob.socket.event('peerLeft')).toMatchObject({ reason: 'removed' });
    expect(await client.listParticipants(HALL)).toMatchObject([{ identity: 'ann' }]);
    await forward();
    expect(await bob.socket.event('peerJoined')).toMatchObject({ peer: { identity: 'ann' } });
  });

  it('is not there any more when either room ends, or when it comes itself', async () => {
    const ann = await join('ann', HALL);
    const cyd = await join('cyd', HALL);
    const bob = await join('bob', ANNEX);
    await publish(ann, 'microphone');
    await forward();
    await forward('cyd');
    await join('ann', ANNEX);
    expect(await bob.socket.event('peerLeft')).toMatchObject({ reason: 'replaced' });
    expect(standIn('ann')).toBeUndefined();
    await forward('cyd', HALL, 'attic');
    await client.deleteRoom('attic');
    expect(peerOf(cyd).closed).toBe(false);
    await client.deleteRoom(HALL);
    expect(await bob.socket.event('peerLeft')).toMatchObject({ reason: 'left' });
    expect(objects.pipeConsumers.size).toBe(0);
  });

  it('is not forwarded to its own room, in circles, or in another’s place', async () => {
    await join('ann', HALL);
    await join('bob', ANNEX);
    expect(await refusalOf(forward('ann', HALL, HALL))).toBe('400 invalid_argument');
    expect(await refusalOf(forward('nobody'))).toBe('404 not_found');
    expect(await refusalOf(forward('ann', 'nowhere', ANNEX))).toBe('404 not_found');
    await forward();
    expect(await refusalOf(forward('ann', ANNEX, HALL))).toBe('412 failed_precondition');
    expect(await refusalOf(forward('ann', ANNEX, 'attic'))).toBe('412 failed_precondition');
    expect(await refusalOf(client.moveParticipant(ANNEX, 'ann', 'attic'))).toBe('412 failed_precondition');
    await join('bob', HALL);
    expect(await refusalOf(forward('bob'))).toBe('409 already_exists');
    expect(await client.listParticipants(ANNEX)).toHaveLength(2);
    const notThere = new RoomServiceClient(harness.url, API_KEY, `${API_SECRET} of another`);
    expect(await refusalOf(notThere.forwardParticipant(HALL, 'ann', ANNEX))).toBe('401 unauthenticated');
  });
});

describe('when a worker dies, or is left', () => {
  beforeAll(() => start(2));
  beforeEach(open);
  afterEach(close);
  afterAll(end);

  it('a forwarded participant stays, and publishes there again', async () => {
    const ann = await join('ann', HALL);
    await publish(ann, 'microphone');
    const bob = await join('bob', ANNEX);
    await forward();
    const before = standIn('ann')!;
    const [lost] = before.producers.list();
    expect(workerOf(HALL, peerOf(ann))).not.toBe(workerOf(ANNEX, before));
    process.kill(workerOf(ANNEX, before).pid, 'SIGKILL');
    expect(await bob.socket.event('producerClosed')).toMatchObject({
      producerId: lost!.producerId,
      reason: 'mediaReset',
    });
    await until('it is heard again', () => before.producers.size === 1);
    expect(standIn('ann')).toBe(before);
    expect(before.producers.list()[0]?.producerId).not.toBe(lost!.producerId);
    await until('the worker is there again', () => pool.workers.length === 2);
  });

  it('a forwarded participant leaves it with the others of that room', async () => {
    const ann = await join('ann', HALL);
    await publish(ann, 'microphone');
    await join('bob', ANNEX);
    await forward();
    const there = standIn('ann')!;
    const [left] = there.producers.list();
    const worker = workerOf(ANNEX, there);
    roomNamed(ANNEX).media.moves.vacate(worker.index);
    // Without a client it builds its media anew once its time to move is over.
    await until(
      'it is heard from another worker',
      () => workerOf(ANNEX, there) !== worker && there.producers.size === 1,
      20_000,
    );
    expect(there.producers.list()[0]?.producerId).not.toBe(left!.producerId);
  }, 30_000);

  it('of its own room, what it publishes anew is published there', async () => {
    const ann = await join('ann', HALL);
    await publish(ann, 'microphone');
    await join('bob', ANNEX);
    await forward();
    process.kill(workerOf(HALL, peerOf(ann)).pid, 'SIGKILL');
    await ann.socket.event('mediaReset');
    expect(standIn('ann')!.producers.size).toBe(0);
    const media = await ann.socket.request('setUpMedia', {});
    await publish({ ...ann, answer: { ...ann.answer, media } }, 'microphone');
    await until('it is heard again', () => standIn('ann')!.producers.size === 1);
    await until('the worker is there again', () => pool.workers.length === 2);
  });
});

const decoding = (...mimeTypes: string[]) => ({
  ...rtpCapabilities,
  codecs: mimeTypes.map((mimeType, at) => ({
    kind: 'video' as const,
    mimeType,
    preferredPayloadType: 101 + at,
    clockRate: 90_000,
    parameters: {},
    rtcpFeedback: [],
  })),
});
