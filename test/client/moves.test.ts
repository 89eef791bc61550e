import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { unavailable } from '../../src/support/errors.ts';
import { peerOf, RoomHarness, self } from './support/RoomHarness.ts';
import { until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

/** Whether each transport, in order of creation, is closed. */
const closed = (): boolean[] => harness.handlers.transports.map(({ closed }) => closed);

/** A room in which this client publishes a muted microphone and sees a camera that sends nothing at present. */
async function enter() {
  const ada = harness.server.addPeer('Ada');
  const camera = { ...harness.server.addProducer(ada, 'camera'), paused: true };
  ada.producers = [camera];
  const room = await harness.connect();
  await room.publishMicrophone({ paused: true });
  await until(() => harness.server.calls('resumeConsumers').length === 1);
  harness.told.length = 0;
  return { room, ada, camera, former: peerOf(room, 'Ada')?.publications[0]?.track };
}

describe('a client that is to move', () => {
  it('receives and publishes on new transports first, and lets go of the former ones last', async () => {
    const { room, former } = await enter();
    const [microphone] = harness.server.own;
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('produce').length === 2);
    expect(closed()).toEqual([false, false, false, false]);
    expect(harness.server.calls('consume')).toHaveLength(2);
    expect(harness.server.calls('produce')[1]).toMatchObject({
      source: 'microphone',
      paused: true,
      replaces: microphone?.producerId,
    });
    const track = peerOf(room, 'Ada')?.publications[0]?.track;
    expect(track).toBeTruthy();
    expect(track).not.toBe(former);
    expect(harness.server.calls('endMove')).toEqual([]);
    await until(() => closed()[0] === true);
    expect(harness.server.calls('endMove')).toEqual([{ mediaEpoch: 2 }]);
    expect(closed()).toEqual([true, true, false, false]);
    expect(self(room).publications[0]?.producerId).toBe(harness.server.own[0]?.producerId);
    expect(harness.events.filter((event) => event.startsWith('status'))).toEqual([]);
    expect(harness.events).not.toContain('error');
  });

  it('shows a track again only when there is something of it', async () => {
    const { room, ada, camera, former } = await enter();
    harness.server.tell('producerResumed', { peerId: ada.peerId, producerId: camera.producerId });
    ada.producers = [{ ...camera, paused: false }];
    await until(() => peerOf(room, 'Ada')?.publications[0]?.paused === false);
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('resumeConsumers').length === 2);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(former);
    expect(former?.readyState).toBe('live');
    // As when its publisher mutes it: there is nothing to wait for.
    harness.server.tell('producerPaused', { peerId: ada.peerId, producerId: camera.producerId });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track !== former);
    // What follows is of the own microphone, which is published anew.
    const shown = harness.events.indexOf('trackSubscribed');
    expect(harness.events.slice(0, shown)).toEqual(['trackUnmuted', 'trackMuted', 'trackUnsubscribed']);
  });

  it('stays where it is when the server has no place for it', async () => {
    const { room, former } = await enter();
    harness.server.on('beginMove', () => {
      throw unavailable('no place');
    });
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('beginMove').length === 1);
    await room.setMuted('microphone', false);
    expect(closed()).toEqual([false, false]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(former);
    expect(harness.events).not.toContain('error');
  });

  it('goes back when the move is cancelled', async () => {
    const { room, former } = await enter();
    const [microphone] = harness.server.own;
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('produce').length === 2);
    harness.server.own = [microphone!];
    harness.server.mediaEpoch = 1;
    harness.server.tell('moveCancelled', { mediaEpoch: 1 });
    await until(() => closed()[2] === true);
    expect(closed()).toEqual([false, false, true, true]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(former);
    expect(former?.readyState).toBe('live');
    await room.setMuted('microphone', false);
    expect(harness.server.calls('resumeProducer')).toEqual([{ producerId: microphone?.producerId }]);
    expect(harness.events.filter((event) => event.startsWith('status'))).toEqual([]);
  });

  it('goes back when its socket is lost, and resumes what it had', async () => {
    const { room, former } = await enter();
    const { transportIds } = harness.server;
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('produce').length === 2);
    Object.assign(harness.server, { mediaEpoch: 1, transportIds });
    harness.server.dropSockets();
    await until(() => harness.server.calls('resume').length === 1);
    expect(harness.server.calls('resume')).toEqual([
      { sessionToken: harness.server.sessionToken, mediaEpoch: 1 },
    ]);
    expect(closed()).toEqual([false, false, true, true]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(former);
  });

  it('builds everything anew when its media is reset meanwhile', async () => {
    const { room } = await enter();
    harness.server.tell('moving', { endsIn: 10_000 });
    await until(() => harness.server.calls('produce').length === 2);
    harness.server.resetMedia();
    await until(() => harness.server.calls('setUpMedia').length === 1);
    await until(() => harness.server.own.length === 1);
    await until(() => closed().filter((is) => !is).length === 2);
    expect(closed()).toEqual([true, true, true, true, false, false]);
    await until(() => room.state.status === 'connected');
  });
});

describe('a client that is to move to another node', () => {
  /** The other node is behind the same address, once `joins` says so. */
  function script(joins: () => boolean): void {
    const { server } = harness;
    server.on('join', ({ ticket }, usual) => {
      if (ticket === undefined) return usual();
      if (!joins()) throw unavailable('this is the node to move away from');
      const { peerId, own } = server;
      const answer = usual();
      Object.assign(server, { peerId, own });
      return { ...answer, peerId, snapshot: server.snapshot() };
    });
  }

  it('joins there on a second socket, moves, and leaves the first one', async () => {
    const { room, ada, former } = await enter();
    const { peerId } = room.state;
    const [microphone] = harness.server.own;
    let looks = 0;
    script(() => (looks += 1) > 1);
    harness.server.tell('moving', { endsIn: 10_000, ticket: 'north.secret' });
    await until(() => harness.server.calls('produce').length === 2);
    expect(harness.server.calls('join').slice(1)).toEqual([
      { room: 'standup', ticket: 'north.secret' },
      { room: 'standup', ticket: 'north.secret' },
    ]);
    expect(harness.server.calls('produce')[1]).toMatchObject({ replaces: microphone?.producerId });
    expect(closed().filter((is) => !is)).toHaveLength(4);
    expect(harness.server.io.sockets.sockets.size).toBe(2);
    await until(() => harness.server.io.sockets.sockets.size === 1);
    await until(() => closed()[0] === true);
    expect(harness.server.calls('leave')).toHaveLength(2);
    expect(harness.server.calls('endMove')).toEqual([]);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).not.toBe(former);
    expect(room.state.peerId).toBe(peerId);
    harness.server.tell('peerUpdated', { peerId: ada.peerId, name: 'Ada Lovelace' });
    await until(() => peerOf(room, 'Ada Lovelace'));
    expect(
      harness.events.filter((event) => /^(status|error|closed|peerLeft|peerJoined)/.test(event)),
    ).toEqual([]);
    await room.setMuted('microphone', false);
    await until(() => harness.server.own[0]?.paused === false);
  });

  it('resumes on the other node when it loses its socket later', async () => {
    await enter();
    script(() => true);
    harness.server.tell('moving', { endsIn: 10_000, ticket: 'north.secret' });
    await until(() => closed()[0] === true);
    harness.server.dropSockets();
    await until(() => harness.server.calls('resume').length === 1);
    expect(harness.server.calls('resume')[0]?.sessionToken).toBe(harness.server.sessionToken);
  });

  it('stays where it is when there is no other node in time', async () => {
    const { room, former } = await enter();
    script(() => false);
    harness.server.tell('moving', { endsIn: 100, ticket: 'north.secret' });
    await until(() => harness.server.calls('join').length > 1);
    await until(() => harness.server.io.sockets.sockets.size === 1);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(former);
    expect(room.state.status).toBe('connected');
    expect(harness.events).not.toContain('error');
  });
});

describe('a microphone that takes the place of another one', () => {
  it('is heard in its place, and not beside it', async () => {
    const ada = harness.server.addPeer('Ada');
    const former = harness.server.addProducer(ada, 'microphone');
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const producer = { ...former, producerId: 'moved', replaces: former.producerId };
    ada.producers.push(producer);
    harness.server.tell('newProducer', { producer });
    await until(() => harness.server.calls('consume').length === 2);
    const ids = () => peerOf(room, 'Ada')?.publications.map(({ producerId }) => producerId);
    expect(ids()).toEqual([former.producerId]);
    harness.server.tell('producerClosed', {
      peerId: ada.peerId,
      producerId: former.producerId,
      reason: 'closed',
    });
    await until(() => ids()?.[0] === 'moved');
    expect(ids()).toEqual(['moved']);
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
  });
});
