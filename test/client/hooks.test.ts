import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { effectScope, nextTick, ref, shallowRef, type EffectScope } from 'vue';
import { keepEqual, type Selector } from '../../client/hooks/keepEqual.ts';
import { turn } from '../../client/hooks/ownSources.ts';
import { RoomEntry } from '../../client/hooks/RoomEntry.ts';
import { tracks } from '../../client/hooks/selectors.ts';
import type { ClientEnvironment } from '../../client/lib/ClientEnvironment.ts';
import type { ConnectOptions, RoomState } from '../../client/lib/publicTypes.ts';
import type { RoomClient } from '../../client/lib/RoomClient.ts';
import * as composables from '../../client/vue/vue.ts';
import { forbidden } from '../../src/support/errors.ts';
import { RoomHarness } from './support/RoomHarness.ts';
import { until } from './support/until.ts';

let harness: RoomHarness;
let environment: ClientEnvironment;
let options: ConnectOptions;
let scope: EffectScope;

beforeEach(async () => {
  harness = await new RoomHarness().start();
  environment = {
    handlerFactory: harness.handlers.factory,
    mediaDevices: harness.devices.asMediaDevices(),
    requestTimeout: 400,
    reconnectDelay: 10,
    connectTimeout: 1500,
  };
  options = { url: harness.server.url, room: 'standup', name: 'Me' };
  scope = effectScope();
});

afterEach(async () => {
  scope.stop();
  await harness.close();
});

const inScope = <T>(make: () => T): T => scope.run(make) as T;
const joins = (): unknown[] => harness.server.calls('join');

/** How many listen to a room. */
const listeners = (room: RoomClient | null): number =>
  (['stateChanged', 'statusChanged', 'data', 'reaction', 'peerJoined'] as const).reduce(
    (sum, event) => sum + (room?.listenerCount(event) ?? 0),
    0,
  );

describe('a stay in a room', () => {
  it('goes from outside to connected, and ends closed', async () => {
    const entry = new RoomEntry(() => options, environment);
    const seen: string[] = [];
    entry.subscribe(() => seen.push(entry.state.status));
    expect(entry.state).toEqual({ status: 'outside', room: null, error: null });
    entry.open();
    entry.open();
    await until(() => entry.state.status === 'connected');
    expect(entry.state.room?.state.room).toBe('standup');
    entry.close();
    entry.close();
    await until(() => entry.state.status === 'closed');
    expect(seen).toEqual(['connecting', 'connected', 'closed']);
    expect(joins()).toHaveLength(1);
  });

  it('never asks the server when it is closed in the same breath', async () => {
    const first = new RoomEntry(() => options, environment);
    first.open();
    first.close();
    expect(first.state.status).toBe('closed');
    const second = new RoomEntry(() => options, environment);
    second.open();
    await until(() => second.state.status === 'connected');
    expect(joins()).toHaveLength(1);
    second.close();
  });

  it('says why it failed, and not that of a way in that was given up', async () => {
    harness.server.on('join', () => {
      throw forbidden('not you');
    });
    const entry = new RoomEntry(() => options, environment);
    entry.open();
    await until(() => entry.state.status === 'failed');
    expect(entry.state).toMatchObject({ room: null, error: { code: 'forbidden' } });
    entry.close();
    expect(entry.state.status).toBe('failed');
  });

  it('is left also when it is closed on the way in', async () => {
    const entry = new RoomEntry(() => options, environment);
    entry.open();
    await until(() => harness.server.io.engine.clientsCount === 1);
    entry.close();
    expect(entry.state).toEqual({ status: 'closed', room: null, error: null });
    await until(() => harness.server.io.engine.clientsCount === 0);
    expect(entry.state.status).toBe('closed');
  });
});

describe('a selector', () => {
  const state = {} as RoomState;
  const other = {} as RoomState;

  it.each<[string, unknown, unknown, boolean]>([
    ['the same elements', [1, state], [1, state], true],
    ['elements that are alike', [{ a: 1, b: state }], [{ a: 1, b: state }], true],
    ['the same values', { a: 1 }, { a: 1 }, true],
    ['other elements', [1], [2], false],
    ['more elements', [1], [1, 2], false],
    ['other values', { a: 1 }, { a: 2 }, false],
    ['other names', { a: 1 }, { b: 1 }, false],
    ['nothing', null, { a: 1 }, false],
    ['two of a class', new Map(), new Map(), false],
  ])('with %s', (_, before, after, isKept) => {
    const found = [before, after];
    const select: Selector<unknown> = () => found.shift();
    const kept = keepEqual(select);
    expect(kept(state)).toBe(before);
    expect(kept(state)).toBe(before);
    expect(kept(other)).toBe(isKept ? before : after);
  });

  it('finds the same tracks while somebody only gets louder', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'microphone');
    const room = await harness.connect();
    await until(() => room.state.peers[1]?.publications[0]?.track);
    const select = keepEqual(tracks({ remoteOnly: true }));
    const before = select(room.state);
    expect(before).toMatchObject([{ name: 'Ada', isLocal: false, publication: { source: 'microphone' } }]);
    const peers = room.state.peers.map((peer) => ({ ...peer, level: -20, speaking: true }));
    expect(select({ ...room.state, peers })).toBe(before);
    expect(select({ ...room.state, peers: [] })).toEqual([]);
  });
});

describe('the switch of a source', () => {
  it('mutes a microphone, and unpublishes a camera', async () => {
    const room = await harness.connect();
    const published = () =>
      room.state.peers[0]?.publications.map(({ source, paused }) => `${source} ${paused ? 'off' : 'on'}`);
    await turn(room, 'microphone', false);
    expect(published()).toEqual([]);
    for (const source of ['microphone', 'camera'] as const) await turn(room, source, true);
    expect(published()).toEqual(['microphone on', 'camera on']);
    for (const source of ['microphone', 'camera'] as const) await turn(room, source, false);
    expect(published()).toEqual(['microphone off']);
    await turn(room, 'microphone', true);
    await turn(room, 'microphone', true);
    expect(published()).toEqual(['microphone on']);
  });
});

describe('the composables of Vue', () => {
  it('enter a room, follow it, and leave it with their scope', async () => {
    const ada = harness.server.addPeer('Ada');
    const { stay, names, count, self, connection } = inScope(() => {
      const stay = composables.useRoom(options, environment);
      return {
        stay,
        names: composables.useRoomState((state) => state?.peers.map(({ name }) => name) ?? [], stay.room),
        count: composables.useParticipants(stay.room),
        self: composables.useLocalParticipant(stay.room),
        connection: composables.useConnectionState(stay.room),
      };
    });
    expect([stay.status.value, connection.value, names.value]).toEqual(['connecting', 'outside', []]);
    await until(() => stay.status.value === 'connected');
    expect([names.value, self.value?.name, connection.value]).toEqual([['Me', 'Ada'], 'Me', 'connected']);
    const before = names.value;
    harness.server.tell('newProducer', { producer: harness.server.addProducer(ada, 'microphone') });
    await until(() => count.value[1]?.publications.length === 1);
    // Nobody else came, so whoever shows the names has nothing to do.
    expect(names.value).toBe(before);
    const room = stay.room.value;
    scope.stop();
    await until(() => room?.state.status === 'closed');
    expect(listeners(room)).toBe(0);
  });

  it('enter anew with another room, not with another name, and stay outside without options', async () => {
    const wanted = shallowRef<ConnectOptions | null>(null);
    const stay = inScope(() => composables.useRoom(wanted, environment));
    expect(stay.status.value).toBe('outside');
    wanted.value = options;
    await until(() => stay.status.value === 'connected');
    wanted.value = { ...options, name: 'Somebody' };
    await nextTick();
    expect([stay.status.value, joins().length]).toEqual(['connected', 1]);
    const first = stay.room.value;
    wanted.value = { ...options, room: 'other' };
    await until(() => stay.status.value === 'connected' && stay.room.value !== first);
    expect(first?.state.status).toBe('closed');
    stay.leave();
    await until(() => stay.status.value === 'closed');
    stay.retry();
    await until(() => stay.status.value === 'connected');
    wanted.value = null;
    await until(() => stay.status.value === 'outside');
    expect(joins()).toHaveLength(3);
  });

  it('say why there is no room, and try again', async () => {
    let isOpen = false;
    harness.server.on('join', (_, usual) => {
      if (!isOpen) throw forbidden('not yet');
      return usual();
    });
    const stay = inScope(() => composables.useRoom(options, environment));
    await until(() => stay.status.value === 'failed');
    expect(stay.error.value).toMatchObject({ code: 'forbidden' });
    isOpen = true;
    stay.retry();
    await until(() => stay.status.value === 'connected');
    expect(stay.error.value).toBe(null);
  });

  it('follow another room, another person and other sources', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    harness.server.addProducer(ada, 'microphone');
    const room = await harness.connect();
    const before = listeners(room);
    const given = shallowRef<RoomClient | null>(null);
    const peerId = ref('nobody');
    const sources = shallowRef<'camera'[] | undefined>();
    const shown = inScope(() => ({
      person: composables.useParticipant(peerId, given),
      tracks: composables.useTracks(
        () => ({ ...(sources.value ? { sources: sources.value } : {}), remoteOnly: true }),
        given,
      ),
      others: composables.useRemoteParticipants(given),
    }));
    expect([shown.person.value, shown.tracks.value]).toEqual([null, []]);
    given.value = room;
    peerId.value = ada.peerId;
    expect(shown.person.value?.name).toBe('Ada');
    expect(shown.others.value.map(({ name }) => name)).toEqual(['Ada']);
    expect(shown.tracks.value.map(({ publication }) => publication.source)).toEqual(['camera', 'microphone']);
    sources.value = ['camera'];
    expect(shown.tracks.value.map(({ publication }) => publication.source)).toEqual(['camera']);
    given.value = null;
    expect([shown.person.value, shown.tracks.value, listeners(room)]).toEqual([null, [], before]);
    given.value = room;
    scope.stop();
    expect(listeners(room)).toBe(before);
  });

  it('write to the chat, and turn sources on and off, with errors where the page can show them', async () => {
    const room = await harness.connect();
    const given = shallowRef<RoomClient | null>(null);
    const { chat, camera, send } = inScope(() => ({
      chat: composables.useChat(given),
      camera: composables.useTrackToggle('camera', undefined, given),
      send: composables.useDataMessages('notes', () => undefined, given),
    }));
    await expect(chat.send('hello')).rejects.toMatchObject({ code: 'invalidState' });
    await expect(send('hello')).rejects.toMatchObject({ code: 'invalidState' });
    await camera.toggle();
    expect(camera.error.value).toMatchObject({ code: 'invalidState' });
    given.value = room;
    await chat.send('hello');
    expect(chat.messages.value.map(({ text }) => text)).toEqual(['hello']);
    // A second click while the first one is at work makes no second camera.
    await Promise.all([camera.toggle(), camera.toggle()]);
    expect([camera.enabled.value, camera.pending.value, camera.error.value]).toEqual([true, false, null]);
    await camera.toggle(false);
    expect(camera.enabled.value).toBe(false);
  });
});
