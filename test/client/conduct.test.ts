import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../client/lib/connect.ts';
import type { RoomClient } from '../../client/lib/RoomClient.ts';
import { DEFAULT_SETTINGS } from '../../src/protocol/conduct.ts';
import { ParleyError } from '../../src/support/errors.ts';
import { RoomHarness, self } from './support/RoomHarness.ts';
import { until } from './support/until.ts';

/* Who does what, and the way in, as the SDK tells it. */

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

const coded = (code: ConstructorParameters<typeof ParleyError>[0]) => new ParleyError(code, code);

describe('the state', () => {
  it('has roles, hands in order, the stage and the settings, and events of each', async () => {
    const { server } = harness;
    const ada = server.addPeer('ada');
    const bob = server.addPeer('bob');
    const room = await harness.connect();
    expect(room.state).toMatchObject({ role: 'speaker', hands: [], spotlight: [], waiting: [] });
    expect(room.state.settings).toEqual(DEFAULT_SETTINGS);
    const told: string[] = [];
    room.on('handsChanged', (hands) => told.push(`hands ${hands.map(({ name }) => name).join()}`));
    room.on('spotlightChanged', (peers) => told.push(`stage ${peers.map(({ name }) => name).join()}`));
    room.on('roleChanged', (role) => told.push(role));
    room.on('settingsChanged', ({ locked }) => told.push(`locked ${String(locked)}`));
    room.on('waitingChanged', (waiting) => told.push(`waiting ${waiting.map(({ name }) => name).join()}`));
    room.on('reaction', (reaction, peer) => told.push(`${reaction} ${peer?.name ?? ''}`));
    room.on('unmuteAsked', (by) => told.push(`asked by ${by?.name ?? ''}`));
    const { peerId } = self(room);
    server.tell('peerUpdated', { peerId: bob.peerId, name: 'bob', handRaisedAt: 5 });
    server.tell('peerUpdated', { peerId: ada.peerId, name: 'ada', handRaisedAt: 3, spotlightAt: 0 });
    server.tell('peerUpdated', { peerId, name: 'Me', role: 'host' });
    server.tell('lobbyChanged', { waiting: [{ knockId: 'k', name: 'Eve', since: 1 }] });
    server.tell('settingsChanged', { settings: { ...DEFAULT_SETTINGS, locked: true } });
    server.tell('reaction', { peerId: ada.peerId, reaction: '👍' });
    server.tell('unmuteAsked', { by: bob.peerId });
    server.tell('peerUpdated', { peerId: ada.peerId, name: 'ada' });
    server.tell('peerUpdated', { peerId, name: 'Me' });
    await until(() => room.state.role === 'speaker' && told.length > 8);
    expect(told).toEqual([
      'hands bob',
      'hands ada,bob',
      'stage ada',
      'host',
      'waiting Eve',
      'locked true',
      '👍 ada',
      'asked by bob',
      'hands bob',
      'stage ',
      'speaker',
      'waiting ',
    ]);
    expect(Object.isFrozen(room.state.hands)).toBe(true);
  });

  it('is the server’s after a lost socket', async () => {
    const { server } = harness;
    const ada = server.addPeer('ada');
    const room = await harness.connect();
    ada.handRaisedAt = 7;
    ada.role = 'viewer';
    server.dropSockets();
    await until(() => room.state.hands.length === 1 && room.state.status === 'connected');
    expect(room.state.peers[1]).toMatchObject({ name: 'ada', role: 'viewer', handRaisedAt: 7 });
  });

  it('comes with calls for each', async () => {
    const { server } = harness;
    const room = await harness.connect();
    await room.raiseHand();
    await room.lowerHand();
    await room.react('🎉');
    await room.moderation.handOver('ada');
    await room.moderation.mute('ada');
    await room.moderation.setSpotlight(['ada']);
    await room.moderation.admitAll();
    await room.moderation.admit('k');
    expect((await room.moderation.changeSettings({ locked: true, password: null })).locked).toBe(true);
    await room.sendChat('psst', { to: 'ada', replyTo: 'm1' });
    expect(server.calls('setHand').map(({ raised }) => raised)).toEqual([true, false]);
    expect(server.calls('setRole')).toEqual([
      { peerId: 'ada', role: 'host' },
      { peerId: self(room).peerId, role: 'speaker' },
    ]);
    expect(server.calls('sendChat')).toEqual([{ text: 'psst', to: 'ada', replyTo: 'm1' }]);
    server.on('answerKnocks', () => ({ answered: 0 }));
    await expect(room.moderation.deny('gone')).rejects.toMatchObject({ code: 'notFound' });
  });
});

describe('the way in', () => {
  const options = () => ({ url: harness.server.url, room: 'standup', name: 'Me', password: 'sesame' });
  const environment = () => ({
    handlerFactory: harness.handlers.factory,
    requestTimeout: 400,
    reconnectDelay: 10,
    connectTimeout: 300,
  });
  const shut = (): void =>
    harness.server.on('join', ({ knock }, usual) => {
      if (knock === undefined) throw coded('waitingRoom');
      return usual();
    });

  it('goes past a host, however long that takes, and over a lost socket', async () => {
    const { server } = harness;
    let isAdmitted = false;
    server.on('join', (_request, usual) => {
      if (!isAdmitted) throw coded('waitingRoom');
      return usual();
    });
    server.on('knock', () => ({ knock: 'node.secret', endsIn: 1000 }));
    let waiting = 0;
    const entering = connect({ ...options(), onWaiting: () => (waiting += 1) }, environment());
    await until(() => server.calls('knock').length === 1);
    // Longer than a connection may take.
    await new Promise((resolve) => setTimeout(resolve, 400));
    server.dropSockets();
    await until(() => server.calls('knock').length === 2);
    expect(server.calls('knock')[1]).toEqual({
      room: 'standup',
      name: 'Me',
      password: 'sesame',
      knock: 'node.secret',
    });
    isAdmitted = true;
    server.tell('knockAnswered', { answer: 'admitted' });
    const room = await entering;
    expect(room.state.status).toBe('connected');
    expect(server.calls('join').at(-1)).toMatchObject({ knock: 'node.secret', password: 'sesame' });
    expect(waiting).toBe(1);
    await room.leave();
  });

  it('ends with what the host says, or did not say', async () => {
    const { server } = harness;
    shut();
    for (const [answer, code] of [
      ['denied', 'denied'],
      ['timeout', 'notAnswered'],
    ] as const) {
      const knocks = server.calls('knock').length;
      const entering = connect(options(), environment());
      const refused = expect(entering).rejects.toMatchObject({ code });
      await until(() => server.calls('knock').length > knocks);
      server.tell('knockAnswered', { answer });
      await refused;
    }
  });

  it('is given up by whoever does not want to wait', async () => {
    const { server } = harness;
    shut();
    const giveUp = new AbortController();
    const entering = connect({ ...options(), signal: giveUp.signal }, environment());
    const refused = expect(entering).rejects.toMatchObject({ code: 'invalidState' });
    await until(() => server.calls('knock').length === 1);
    giveUp.abort();
    await refused;
    await until(() => server.calls('leave').length === 1);
    await expect(connect({ ...options(), signal: giveUp.signal }, environment())).rejects.toMatchObject({
      code: 'invalidState',
    });
  });

  it('ends where the door says no', async () => {
    for (const code of ['locked', 'passwordRequired', 'wrongPassword', 'rateLimited'] as const) {
      harness.server.on('join', () => {
        throw coded(code);
      });
      await expect(connect(options(), environment())).rejects.toMatchObject({ code });
    }
  });

  it('shows who it was when it comes back as somebody new', async () => {
    const { server } = harness;
    server.on('join', (_request, usual) => ({ ...usual(), proof: 'me.signed' }));
    const room: RoomClient = await harness.connect();
    server.sessionToken = 'forgotten';
    server.dropSockets();
    await until(() => server.calls('join').length === 2 && room.state.status === 'connected');
    expect(server.calls('join')[1]).toMatchObject({ proof: 'me.signed' });
  });
});
