import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Permissions } from '../../src/protocol/models.ts';
import type { RoomClient } from '../../client/lib/RoomClient.ts';
import { fakeTrack } from './support/fakeTracks.ts';
import { RoomHarness, self } from './support/RoomHarness.ts';
import { until } from './support/until.ts';

/* What the server does to a client in mid-call: rights, mutes, subscriptions, other rooms. */

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

const rights = (room: RoomClient, change: Partial<Permissions>): Permissions => ({
  ...room.state.permissions,
  ...change,
});

describe('rights that change', () => {
  it('are in the state, told once, and end what is received', async () => {
    const { server } = harness;
    const room = await harness.connect();
    const camera = server.addProducer(server.addPeer('ada'), 'camera');
    server.tell('peerJoined', { peer: server.peers[0]! });
    await until(() => room.state.peers[1]?.publications[0]?.track);
    server.tell('permissionsChanged', { permissions: rights(room, { canSubscribe: false }) });
    await until(() => room.state.peers[1]?.publications[0]?.track === null);
    expect(room.state.permissions.canSubscribe).toBe(false);
    const asked = server.calls('consume').length;
    server.tell('permissionsChanged', { permissions: rights(room, { canSubscribe: false }) });
    server.tell('permissionsChanged', { permissions: rights(room, { canSubscribe: true }) });
    await until(() => room.state.peers[1]?.publications[0]?.track);
    expect(server.calls('consume').slice(asked)).toEqual([
      expect.objectContaining({ producerIds: [camera.producerId] }),
    ]);
    const told = harness.told.filter(({ event }) => event === 'permissionsChanged');
    expect(told.map(({ args }) => (args[0] as Permissions).canSubscribe)).toEqual([false, true]);
    expect(harness.events).not.toContain('error');
  });

  it('come with a token for the next join', async () => {
    const { server } = harness;
    const room = await harness.connect({ token: 'first' });
    server.tell('tokenRenewed', { token: 'second' });
    server.sessionToken = 'forgotten';
    server.dropSockets();
    await until(() => server.calls('join').length === 2 && room.state.status === 'connected');
    expect(server.calls('join').map(({ token }) => token)).toEqual(['first', 'second']);
  });
});

describe('a moderator', () => {
  it('mutes a track, and its publisher unmutes it', async () => {
    const { server } = harness;
    const room = await harness.connect();
    const { producerId } = await room.publishTrack(fakeTrack('audio'), { source: 'microphone' });
    server.tell('producerMuted', { producerId });
    await until(() => self(room).publications[0]?.paused);
    // The server has done so already.
    expect(server.calls('pauseProducer')).toEqual([]);
    await room.setMuted('microphone', false);
    expect(server.calls('resumeProducer')).toEqual([{ producerId }]);
    expect(self(room).publications[0]?.paused).toBe(false);
  });

  it('ends and begins subscriptions', async () => {
    const { server } = harness;
    const room = await harness.connect();
    const { producerId } = server.addProducer(server.addPeer('ada'), 'camera');
    server.tell('peerJoined', { peer: server.peers[0]! });
    await until(() => room.state.peers[1]?.publications[0]?.track);
    server.tell('subscriptionsAsked', { producerIds: [producerId], subscribe: false });
    await until(() => room.state.peers[1]?.publications[0]?.track === null);
    server.tell('subscriptionsAsked', { producerIds: [producerId], subscribe: true });
    await until(() => room.state.peers[1]?.publications[0]?.track);
  });

  it('sends a client to another room, where it publishes what it published', async () => {
    const { server } = harness;
    const room = await harness.connect({ token: 'first' });
    server.addPeer('ada');
    server.tell('peerJoined', { peer: server.peers[0]! });
    await room.publishTrack(fakeTrack('audio'), { source: 'microphone' });
    await until(() => room.state.peers.length === 2);
    server.on('join', (_payload, usual) => {
      server.peers = [];
      const answer = usual();
      return { ...answer, snapshot: { ...answer.snapshot, room: 'annex' } };
    });
    const produced = server.calls('produce').length;
    server.tell('sentToRoom', { room: 'annex', token: 'second' });
    await until(() => server.calls('produce').length > produced);
    expect(server.calls('leave')).toHaveLength(1);
    expect(server.calls('join').at(-1)).toMatchObject({ room: 'annex', token: 'second' });
    expect(room.state).toMatchObject({ room: 'annex', closeReason: null });
    expect(room.state.peers).toHaveLength(1);
    expect(harness.told.filter(({ event }) => event === 'roomChanged').map(({ args }) => args)).toEqual([
      ['annex'],
    ]);
    expect(harness.events).not.toContain('error');
  });
});

describe('what the application says', () => {
  it('of the room and of people is in the state', async () => {
    const { server } = harness;
    const room = await harness.connect();
    server.tell('roomUpdated', { metadata: 'agenda' });
    const { peerId } = room.state;
    server.tell('peerUpdated', { peerId, name: 'Me', attributes: { seat: '4' } });
    await until(() => self(room).attributes);
    expect(room.state.metadata).toBe('agenda');
    expect(self(room).attributes).toEqual({ seat: '4' });
    await room.updateSelf({ attributes: { mood: 'fine', seat: '' } });
    expect(self(room).attributes).toEqual({ mood: 'fine' });
    expect(server.calls('updateSelf')).toEqual([{ attributes: { mood: 'fine', seat: '' } }]);
    expect(harness.events.filter((event) => event === 'roomUpdated')).toHaveLength(1);
  });
});
