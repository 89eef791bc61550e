import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessToken, DataPacket_Kind, RoomServiceClient, TrackSource } from 'livekit-server-sdk';
import { decodeDownFrame } from '../../src/protocol/dataFrame.ts';
import type { Peer } from '../../src/sfu/Peer.ts';
import type { WorkerPool } from '../../src/workers/WorkerPool.ts';
import { opusParameters, rtpCapabilities, vp8SimulcastParameters } from '../support/fabricatedMedia.ts';
import { until } from '../support/processes.ts';
import { API_KEY, API_SECRET, SignalingHarness } from '../support/signalingHarness.ts';
import { createTestPool } from '../support/testRooms.ts';

const ROOM = 'standup';
let pool: WorkerPool;
let harness: SignalingHarness;
let client: RoomServiceClient;

beforeAll(async () => {
  pool = await createTestPool();
});
afterAll(async () => {
  pool.close();
  await pool.terminated();
});
beforeEach(async () => {
  harness = await SignalingHarness.start(pool, { open: false });
  client = new RoomServiceClient(harness.url, API_KEY, API_SECRET);
});
afterEach(() => harness.close());

/** Joined with a token that the published SDK made. */
async function join(identity: string, grant: Record<string, unknown> = {}, room = ROOM) {
  const token = new AccessToken(API_KEY, API_SECRET, {
    identity,
    name: identity.toUpperCase(),
    attributes: { seat: '1' },
  });
  token.addGrant({ roomJoin: true, room, ...grant });
  const { peer, answer } = await harness.joined(room, { token: await token.toJwt() });
  return { socket: peer, answer, peerId: answer.peerId };
}

type Joined = Awaited<ReturnType<typeof join>>;

async function publish({ socket, answer }: Joined, source: 'microphone' | 'camera'): Promise<string> {
  const { producerId } = await socket.request('produce', {
    transportId: answer.media.sendTransport.transportId,
    kind: source === 'camera' ? 'video' : 'audio',
    source,
    rtpParameters: source === 'camera' ? vp8SimulcastParameters() : opusParameters(),
  });
  return producerId;
}

const peerOf = ({ peerId }: Joined): Peer | undefined =>
  [...harness.registry.rooms.values()].map((room) => room.peers.get(peerId)).find((peer) => peer);

async function subscribe({ socket }: Joined, ...producerIds: string[]) {
  return socket.request('consume', { producerIds, rtpCapabilities: rtpCapabilities });
}

const refusalOf = async (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => {
      const { status, code } = error as { status: number; code: string };
      return `${status} ${code}`;
    },
  );

describe('rooms, as livekit-server-sdk makes them', () => {
  it('are there without anybody, with what was said of them', async () => {
    const made = await client.createRoom({
      name: ROOM,
      emptyTimeout: 60,
      departureTimeout: 7,
      maxParticipants: 2,
      metadata: 'agenda',
    });
    expect(made).toMatchObject({
      name: ROOM,
      emptyTimeout: 60,
      departureTimeout: 7,
      maxParticipants: 2,
      metadata: 'agenda',
      numParticipants: 0,
    });
    const { answer } = await join('ann');
    expect(answer.snapshot.metadata).toBe('agenda');
    await join('bob');
    await expect(join('cy')).rejects.toThrow('limitExceeded');
    expect(await client.listRooms()).toMatchObject([{ sid: made.sid, name: ROOM, numParticipants: 2 }]);
    expect(await client.listRooms(['other'])).toEqual([]);
  });

  it('that there are already stay, with what is new of them', async () => {
    const first = await client.createRoom({ name: ROOM, metadata: 'one' });
    expect(first.emptyTimeout).toBe(300);
    const second = await client.createRoom({ name: ROOM, emptyTimeout: 5 });
    expect(second).toMatchObject({ sid: first.sid, metadata: 'one', emptyTimeout: 5 });
  });

  it('end when nobody comes in time, and when everybody has left for so long', async () => {
    await client.createRoom({ name: ROOM, emptyTimeout: 1, departureTimeout: 1 });
    expect(harness.registry.rooms.has(ROOM)).toBe(true);
    await until('the room ends', () => !harness.registry.rooms.has(ROOM));
    await client.createRoom({ name: ROOM, emptyTimeout: 600, departureTimeout: 1 });
    const { socket } = await join('ann');
    await socket.request('leave', {});
    await until('the room ends', () => !harness.registry.rooms.has(ROOM));
    expect(await client.listRooms()).toEqual([]);
  });

  it('are ended for everybody', async () => {
    const { socket } = await join('ann');
    await client.deleteRoom(ROOM);
    expect(await socket.event('removed')).toEqual({ reason: 'roomClosed' });
    expect(await refusalOf(client.deleteRoom(ROOM))).toBe('404 not_found');
  });

  it('have metadata that everybody in them is told', async () => {
    const { socket } = await join('ann');
    expect(await client.updateRoomMetadata(ROOM, 'second part')).toMatchObject({ metadata: 'second part' });
    expect(await socket.event('roomUpdated')).toEqual({ metadata: 'second part' });
    expect((await join('bob')).answer.snapshot.metadata).toBe('second part');
  });
});

describe('participants', () => {
  it('are listed with what they may do and what they publish', async () => {
    const ann = await join('ann', { canPublishSources: [TrackSource.MICROPHONE] });
    const trackSid = await publish(ann, 'microphone');
    const [listed] = await client.listParticipants(ROOM);
    expect(listed).toMatchObject({
      identity: 'ann',
      name: 'ANN',
      attributes: { seat: '1' },
      permission: { canPublish: true, canPublishSources: [TrackSource.MICROPHONE], canSubscribe: true },
      tracks: [{ sid: trackSid, source: TrackSource.MICROPHONE, mimeType: 'audio/opus', muted: false }],
    });
    expect(await client.getParticipant(ROOM, 'ann')).toEqual(listed);
    expect(await refusalOf(client.getParticipant(ROOM, 'nobody'))).toBe('404 not_found');
    expect(await refusalOf(client.listParticipants('nowhere'))).toBe('404 not_found');
  });

  it('are removed', async () => {
    const ann = await join('ann');
    await client.removeParticipant(ROOM, 'ann');
    expect(await ann.socket.event('removed')).toEqual({ reason: 'removed' });
    expect(await client.listParticipants(ROOM)).toEqual([]);
  });

  it('are muted, and unmute themselves', async () => {
    const ann = await join('ann');
    const bob = await join('bob');
    const trackSid = await publish(ann, 'microphone');
    expect(await client.mutePublishedTrack(ROOM, 'ann', trackSid, true)).toMatchObject({ muted: true });
    expect(await ann.socket.event('producerMuted')).toEqual({ producerId: trackSid });
    expect(await bob.socket.event('producerPaused')).toEqual({ peerId: ann.peerId, producerId: trackSid });
    expect(await refusalOf(client.mutePublishedTrack(ROOM, 'ann', trackSid, false))).toBe(
      '412 failed_precondition',
    );
    await ann.socket.request('resumeProducer', { producerId: trackSid });
    expect(await client.mutePublishedTrack(ROOM, 'ann', trackSid, false)).toMatchObject({ muted: false });
    expect(await refusalOf(client.mutePublishedTrack(ROOM, 'bob', trackSid, true))).toBe('404 not_found');
  });

  it('get another name, metadata and attributes, which everybody is told', async () => {
    const ann = await join('ann');
    const bob = await join('bob');
    const updated = await client.updateParticipant(ROOM, 'ann', {
      name: 'Annabel',
      metadata: 'chair',
      attributes: { seat: '', mood: 'fine' },
    });
    expect(updated).toMatchObject({ name: 'Annabel', metadata: 'chair', attributes: { mood: 'fine' } });
    expect(await bob.socket.event('peerUpdated')).toEqual({
      peerId: ann.peerId,
      name: 'Annabel',
      metadata: 'chair',
      attributes: { mood: 'fine' },
    });
  });

  it('receive what the server wants them to, or not any more', async () => {
    const ann = await join('ann');
    const bob = await join('bob');
    const trackSid = await publish(ann, 'camera');
    await subscribe(bob, trackSid);
    await client.updateSubscriptions(ROOM, 'bob', [trackSid], false);
    expect(await bob.socket.event('subscriptionsAsked')).toEqual({
      producerIds: [trackSid],
      subscribe: false,
    });
    expect(peerOf(bob)?.consumers.size).toBe(0);
    await client.updateSubscriptions(ROOM, 'bob', [trackSid], true);
    expect(await bob.socket.event('subscriptionsAsked')).toMatchObject({ subscribe: true });
    expect(await refusalOf(client.updateSubscriptions(ROOM, 'bob', ['nothing'], true))).toBe('404 not_found');
  });

  it('are sent to another room, with a token for it', async () => {
    const ann = await join('ann', { canPublish: false });
    await client.moveParticipant(ROOM, 'ann', 'annex');
    const { room, token } = await ann.socket.event('sentToRoom');
    expect(room).toBe('annex');
    await ann.socket.request('leave', {});
    const { permissions, snapshot } = await ann.socket.request('join', { room, token });
    expect(permissions).toMatchObject({ canPublish: false, canSubscribe: true });
    expect(snapshot.peers).toMatchObject([{ identity: 'ann', name: 'ANN', attributes: { seat: '1' } }]);
    expect(await client.listParticipants('annex')).toMatchObject([{ identity: 'ann' }]);
  });
});

describe('what a participant may do', () => {
  it('may change in mid-call: what it may not do any more ends', async () => {
    const ann = await join('ann');
    const bob = await join('bob');
    const [mic, camera] = [await publish(ann, 'microphone'), await publish(ann, 'camera')];
    const heard = await publish(bob, 'microphone');
    await subscribe(ann, heard);
    await client.updateParticipant(ROOM, 'ann', {
      permission: { canSubscribe: true, canPublishData: true, canPublishSources: [TrackSource.MICROPHONE] },
    });
    expect(await ann.socket.event('permissionsChanged')).toMatchObject({
      permissions: { canPublish: true, canPublishSources: ['microphone'] },
    });
    expect(await bob.socket.event('producerClosed')).toMatchObject({ producerId: camera, reason: 'removed' });
    expect(peerOf(ann)?.producers.list()).toMatchObject([{ producerId: mic }]);
    expect(
      await ann.socket.codeOf('produce', {
        transportId: ann.answer.media.sendTransport.transportId,
        kind: 'video',
        source: 'camera',
        rtpParameters: vp8SimulcastParameters(),
      }),
    ).toBe('forbidden');
    await client.updateParticipant(ROOM, 'ann', { permission: { canPublish: true } });
    expect(peerOf(ann)?.consumers.size).toBe(0);
    expect(await ann.socket.codeOf('consume', { producerIds: [heard] })).toBe('forbidden');
    expect(await ann.socket.codeOf('sendChat', { text: 'hello' })).toBe('forbidden');
    const { token } = await ann.socket.event('tokenRenewed');
    expect(token).toMatch(/^ey/);
  });

  it('is kept through a resume, and by the token that is told with it', async () => {
    const ann = await join('ann');
    await client.updateParticipant(ROOM, 'ann', { permission: { canSubscribe: true } });
    const { token } = await ann.socket.event('tokenRenewed');
    ann.socket.close();
    const again = await harness.peer().connected();
    const { permissions } = await again.request('resume', {
      sessionToken: ann.answer.sessionToken,
      mediaEpoch: ann.answer.media.mediaEpoch,
    });
    expect(permissions).toMatchObject({ canPublish: false, canPublishData: false, canSubscribe: true });
    const anew = await harness.joined(ROOM, { token });
    expect(anew.answer.permissions).toMatchObject({ canPublish: false, canSubscribe: true });
  });

  it('hides it from the others, and only from them', async () => {
    const ann = await join('ann');
    const ghost = await join('ghost', { hidden: true, recorder: true });
    expect(ghost.answer.snapshot.peers.map(({ identity }) => identity)).toEqual(['ann', 'ghost']);
    const bob = await join('bob');
    expect(bob.answer.snapshot.peers.map(({ identity }) => identity)).toEqual(['ann', 'bob']);
    expect(await client.listParticipants(ROOM)).toMatchObject([
      { identity: 'ann' },
      { identity: 'ghost', permission: { hidden: true, recorder: true } },
      { identity: 'bob' },
    ]);
    expect(await client.listRooms()).toMatchObject([{ activeRecording: true }]);
    await expect(publish(ghost, 'microphone')).rejects.toThrow('forbidden');
    await client.updateParticipant(ROOM, 'ghost', { metadata: 'unseen' });
    expect(await ghost.socket.event('peerUpdated')).toMatchObject({ metadata: 'unseen' });
    await ghost.socket.request('leave', {});
    await bob.socket.request('leave', {});
    expect(await ann.socket.event('peerLeft')).toMatchObject({ peerId: bob.peerId });
    expect(JSON.stringify(ann.socket.told)).not.toContain(ghost.peerId);
    expect(await refusalOf(client.updateParticipant(ROOM, 'ann', { permission: { hidden: true } }))).toBe(
      '400 invalid_argument',
    );
  });
});

describe('data of the server', () => {
  it('goes to everybody, or to some', async () => {
    const room = harness.registry.getOrCreate(ROOM);
    await join('ann');
    const bob = await join('bob');
    const sent: { topic: string | undefined; text: string; to: string[] | undefined }[] = [];
    room.data.on('sent', ({ frame, to }) => {
      const { header, payload } = decodeDownFrame(frame) ?? {};
      expect(header?.from).toBe('');
      sent.push({ topic: header?.topic, text: Buffer.from(payload ?? []).toString(), to: to && [...to] });
    });
    const bytes = new TextEncoder().encode('hello');
    await client.sendData(ROOM, bytes, DataPacket_Kind.RELIABLE, { topic: 'greeting' });
    await client.sendData(ROOM, bytes, DataPacket_Kind.LOSSY, { destinationIdentities: ['bob'] });
    expect(sent).toEqual([
      { topic: 'greeting', text: 'hello', to: undefined },
      { topic: undefined, text: 'hello', to: [bob.peerId] },
    ]);
    const large = client.sendData(ROOM, new Uint8Array(49_153), DataPacket_Kind.RELIABLE, {});
    expect(await refusalOf(large)).toMatch(/^400 invalid_argument/);
  });
});

describe('who calls', () => {
  const call = (method: string, token: string | undefined, body: unknown = {}, type = 'application/json') =>
    fetch(`${harness.url}/twirp/livekit.RoomService/${method}`, {
      method: 'POST',
      headers: { 'content-type': type, ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const answer = async (response: Promise<Response>) => {
    const { status, headers, ...rest } = await response.then(async (one) => ({
      status: one.status,
      headers: one.headers.get('content-type'),
      body: (await one.json()) as { code: string; msg: string },
    }));
    expect(headers).toBe('application/json');
    return `${status} ${rest.body.code}`;
  };
  const tokenWith = async (video: Record<string, unknown>) => {
    const token = new AccessToken(API_KEY, API_SECRET, { identity: 'api' });
    token.addGrant(video);
    return token.toJwt();
  };

  it('needs the grant for it, for that room', async () => {
    await join('ann');
    expect(await answer(call('ListRooms', undefined))).toBe('401 unauthenticated');
    expect(await answer(call('ListRooms', 'garbage'))).toBe('401 unauthenticated');
    expect(await answer(call('ListRooms', await tokenWith({ roomCreate: true })))).toBe(
      '403 permission_denied',
    );
    expect(await answer(call('CreateRoom', await tokenWith({ roomList: true }), { name: 'x' }))).toBe(
      '403 permission_denied',
    );
    const other = await tokenWith({ roomAdmin: true, room: 'other' });
    expect(await answer(call('ListParticipants', other, { room: ROOM }))).toBe('403 permission_denied');
    const admin = await tokenWith({ roomAdmin: true, room: ROOM });
    expect((await call('ListParticipants', admin, { room: ROOM })).status).toBe(200);
    const move = { room: ROOM, identity: 'ann', destinationRoom: 'annex' };
    expect(await answer(call('MoveParticipant', admin, move))).toBe('403 permission_denied');
  });

  it('is told what is wrong with a request', async () => {
    const token = await tokenWith({ roomCreate: true, roomAdmin: true, roomList: true });
    expect(await answer(call('NoSuchThing', token))).toBe('404 bad_route');
    expect(await answer(call('ListRooms', token, '{', 'application/json'))).toBe('400 malformed');
    expect(await answer(call('ListRooms', token, 'x', 'application/protobuf'))).toBe('415 malformed');
    expect(await answer(call('CreateRoom', token, { name: 'no / name' }))).toBe('400 invalid_argument');
    expect(await answer(call('CreateRoom', token, { name: ROOM, egress: { room: {} } }))).toBe(
      '501 unimplemented',
    );
    expect(await answer(call('CreateRoom', token, { name: ROOM, metadata: 'x'.repeat(200_000) }))).toBe(
      '413 malformed',
    );
    expect(await answer(call('CreateRoom', token, '[]'))).toBe('400 invalid_argument');
    const get = fetch(`${harness.url}/twirp/livekit.RoomService/ListRooms`);
    expect(await answer(get)).toBe('404 bad_route');
  });

  it('may name fields as the proto file does', async () => {
    const token = await tokenWith({ roomCreate: true });
    const response = await call('CreateRoom', token, {
      name: ROOM,
      empty_timeout: '20',
      max_participants: 3,
    });
    expect(await response.json()).toMatchObject({ emptyTimeout: 20, maxParticipants: 3 });
  });
});
