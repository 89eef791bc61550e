import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { forbidden, limitExceeded, notFound, redirected, unauthorized } from '../../src/support/errors.ts';
import { fakeTrack } from './support/fakeTracks.ts';
import { peerOf, RoomHarness, self } from './support/RoomHarness.ts';
import { ScriptedServer, SILENCE } from './support/ScriptedServer.ts';
import { pause, until } from './support/until.ts';

let harness: RoomHarness;
beforeEach(async () => {
  harness = await new RoomHarness().start();
});
afterEach(() => harness.close());

const connectedAgain = (): Promise<unknown> => until(() => harness.events.includes('status: connected'));

describe('a server that sends us elsewhere', () => {
  let other: ScriptedServer;
  beforeEach(async () => {
    other = new ScriptedServer();
    await other.listen();
  });
  afterEach(() => other.close());

  it('is obeyed once, and says so there', async () => {
    harness.server.on('join', () => {
      throw redirected(other.url);
    });
    other.addPeer('Ada');
    const room = await harness.connect({ region: 'north' });
    expect(peerOf(room, 'Ada')).toBeDefined();
    expect(harness.server.calls('join')).toMatchObject([{ region: 'north' }]);
    expect(other.calls('join')).toMatchObject([{ region: 'north', placed: true }]);
    harness.told.length = 0;
    other.dropSockets();
    await connectedAgain();
    expect(other.calls('resume')).toHaveLength(1);
  });

  it('is not obeyed in circles', async () => {
    harness.server.on('join', () => {
      throw redirected(other.url);
    });
    other.on('join', () => {
      throw redirected(harness.server.url);
    });
    await expect(harness.connect()).rejects.toMatchObject({ code: 'redirected' });
    expect([harness.server.calls('join').length, other.calls('join').length]).toEqual([1, 1]);
  });

  it('serves us itself when that one is full, or gone', async () => {
    harness.server.on('join', ({ placed }, usual) => {
      if (placed) return usual();
      throw redirected(other.url);
    });
    other.on('join', () => {
      throw limitExceeded('full');
    });
    const room = await harness.connect();
    expect(other.calls('join')).toHaveLength(1);
    expect(harness.server.calls('join')).toHaveLength(2);
    await room.leave();
    const { url } = other;
    await other.close();
    harness.server.on('join', ({ placed }, usual) => {
      if (placed) return usual();
      throw redirected(url);
    });
    expect((await harness.connect()).state.status).toBe('connected');
  });

  it('may do so again when we come anew', async () => {
    const room = await harness.connect();
    harness.server.on('resume', () => {
      throw notFound('gone');
    });
    harness.server.on('join', () => {
      throw redirected(other.url);
    });
    harness.told.length = 0;
    harness.server.dropSockets();
    await connectedAgain();
    expect(room.state.status).toBe('connected');
    expect(other.calls('join')).toMatchObject([{ placed: true }]);
  });
});

describe('a lost socket', () => {
  it('is resumed: media goes on, ICE restarts, nothing is built anew', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    await room.publishCamera();
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    const track = peerOf(room, 'Ada')?.publications[0]?.track;
    const { told } = harness;
    told.length = 0;
    harness.server.dropSockets();
    await connectedAgain();
    expect(harness.events).toEqual(['status: reconnecting', 'status: connected']);
    expect(harness.server.calls('resume')).toEqual([
      { sessionToken: harness.server.sessionToken, mediaEpoch: 1 },
    ]);
    await until(() => harness.handlers.transports.every(({ restarts }) => restarts === 1));
    await pause(30);
    expect(harness.handlers.transports).toHaveLength(2);
    expect(harness.server.calls('join')).toHaveLength(1);
    expect(harness.server.calls('produce')).toHaveLength(1);
    expect(harness.server.calls('consume')).toHaveLength(1);
    expect(peerOf(room, 'Ada')?.publications[0]?.track).toBe(track);
    expect(track?.readyState).toBe('live');
  });

  it('is caught up with: what was missed is told, once', async () => {
    const ada = harness.server.addPeer('Ada');
    const camera = harness.server.addProducer(ada, 'camera');
    const bob = harness.server.addPeer('Bob');
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    harness.told.length = 0;
    harness.server.dropSockets();
    await until(() => room.state.status === 'reconnecting');
    harness.server.peers = [ada, harness.server.addPeer('Cleo')];
    ada.producers = [{ ...camera, paused: true }, harness.server.addProducer(ada, 'microphone')];
    harness.server.chat.push({ messageId: 'm1', peerId: bob.peerId, name: 'Bob', text: 'bye', sentAt: 2 });
    await connectedAgain();
    await until(() => peerOf(room, 'Ada')?.publications[1]?.track);
    expect(harness.events).toEqual([
      'status: reconnecting',
      'peerLeft',
      'trackMuted',
      'trackPublished',
      'peerJoined',
      'chatMessage',
      'status: connected',
      'trackSubscribed',
    ]);
  });

  it('drops and consumes again what the server let go of, and closes what it kept too much', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    await until(() => harness.server.calls('resumeConsumers').length === 1);
    const old = peerOf(room, 'Ada')?.publications[0]?.track;
    harness.server.dropSockets();
    harness.server.consumers = new Map([['orphan', 'nothing']]);
    await until(() => harness.server.calls('consume').length === 2);
    await until(() => harness.server.calls('resumeConsumers').length === 2);
    await until(() => harness.server.calls('closeConsumers').length === 1);
    expect(harness.server.calls('closeConsumers')).toEqual([{ consumerIds: ['orphan'] }]);
    const track = peerOf(room, 'Ada')?.publications[0]?.track;
    expect(track).toBeTruthy();
    expect(track).not.toBe(old);
  });

  it('publishes again what the server let go of, and closes what it kept too much', async () => {
    const room = await harness.connect();
    await room.publishMicrophone({ paused: true });
    const [mine] = harness.server.own;
    harness.server.dropSockets();
    harness.server.own = [{ ...mine!, producerId: 'orphan', source: 'camera', kind: 'video' }];
    await until(() => harness.server.own.length === 1 && harness.server.own[0]?.source === 'microphone');
    expect(harness.server.calls('closeProducer')).toEqual([{ producerId: 'orphan' }]);
    expect(harness.server.calls('produce')[1]).toMatchObject({ source: 'microphone', paused: true });
    expect(harness.devices.opened[0]?.readyState).toBe('live');
    await until(() => self(room).publications[0]?.producerId === harness.server.own[0]?.producerId);
  });

  it('brings a mute that was made meanwhile to the server', async () => {
    const room = await harness.connect();
    await room.publishMicrophone();
    harness.server.dropSockets();
    await until(() => room.state.status === 'reconnecting');
    await room.setMuted('microphone', true);
    expect(self(room).publications[0]?.paused).toBe(true);
    await until(() => harness.server.own[0]?.paused);
  });

  it('lets a publication wait and come through', async () => {
    const room = await harness.connect();
    harness.server.on('resume', (_, usual) => pause(100).then(usual));
    harness.server.dropSockets();
    await until(() => room.state.status === 'reconnecting');
    const publication = await room.publishMicrophone();
    expect(room.state.status).toBe('connected');
    expect(publication.producerId).toBe(harness.server.own[0]?.producerId);
  });

  it('does not publish twice when the answer got lost', async () => {
    const room = await harness.connect();
    harness.server.on('produce', (_, usual) => {
      usual();
      harness.server.usually('produce');
      harness.server.dropSockets();
      return SILENCE;
    });
    const publication = await room.publishMicrophone();
    await until(() => harness.server.own.length === 1);
    expect(harness.server.own[0]?.producerId).toBe(publication.producerId);
  });

  it('may be lost again during the resume', async () => {
    const room = await harness.connect();
    let drops = 0;
    harness.server.on('resume', (_, usual) => {
      drops += 1;
      if (drops > 2) return usual();
      harness.server.dropSockets();
      return SILENCE;
    });
    harness.server.dropSockets();
    await until(() => drops === 3 && room.state.status === 'connected');
    expect(harness.events.filter((event) => event !== 'status: reconnecting')).toEqual(['status: connected']);
    expect(harness.server.calls('join')).toHaveLength(1);
  });

  it('is opened anew when the resume is not answered', async () => {
    const room = await harness.connect();
    harness.server.on('resume', () => {
      harness.server.usually('resume');
      return SILENCE;
    });
    harness.server.dropSockets();
    await until(() => harness.server.calls('resume').length === 2 && room.state.status === 'connected');
  });

  it('may be left for good meanwhile', async () => {
    const room = await harness.connect();
    harness.server.on('resume', (_, usual) => pause(50).then(usual));
    harness.server.dropSockets();
    await until(() => harness.server.calls('resume').length === 1);
    await room.leave();
    await pause(100);
    expect(room.state.status).toBe('closed');
    expect(harness.events).toEqual(['status: reconnecting', 'status: closed', 'closed']);
    expect(harness.server.io.engine.clientsCount).toBe(0);
  });
});

describe('a server that ends after a drain', () => {
  /** Another server in its place, which knows nobody. */
  function restart(): void {
    harness.server.sessionToken = 'of another server';
    harness.server.own = [];
    harness.server.dropSockets();
  }

  it('is told of, and the next one joined in its turn, with the token that was given for that', async () => {
    const ada = harness.server.addPeer('Ada');
    const room = await harness.connect({ token: 'runs out' });
    const before = await room.publishMicrophone({ paused: true });
    harness.server.tell('draining', { endsIn: 2000, comeBackAfter: 300, token: 'renewed' });
    await until(() => harness.told.some(({ event, args }) => event === 'draining' && args[0] === 2000));
    expect(room.state.status).toBe('connected');
    harness.server.peers = [];
    restart();
    await until(() => harness.server.calls('resume').length === 1);
    await pause(50);
    expect(harness.server.calls('join')).toHaveLength(1);
    expect(room.state.status).toBe('reconnecting');
    await until(() => harness.server.own.length === 1);
    expect(harness.server.calls('join').map(({ token }) => token)).toEqual(['runs out', 'renewed']);
    expect(harness.server.own[0]).toMatchObject({ source: 'microphone', paused: true });
    expect(self(room).publications[0]?.track).toBe(before.track);
    // She is not back yet; nobody may take that for leaving.
    const left = harness.told.filter(({ event }) => event === 'peerLeft');
    expect(left.map(({ args }) => args)).toEqual([
      [expect.objectContaining({ peerId: ada.peerId }), 'serverClosed'],
    ]);
  });

  it('does not make the room wait that is left meanwhile', async () => {
    const room = await harness.connect();
    harness.server.tell('draining', { endsIn: 0, comeBackAfter: 60_000 });
    await until(() => harness.events.includes('draining'));
    restart();
    await until(() => harness.server.calls('resume').length === 1);
    await room.leave();
    await pause(30);
    expect(room.state.closeReason).toBe('left');
    expect(harness.server.calls('join')).toHaveLength(1);
  });

  it('gives one turn only: whoever is forgotten later joins at once', async () => {
    await harness.connect();
    harness.server.tell('draining', { endsIn: 0, comeBackAfter: 1 });
    await until(() => harness.events.includes('draining'));
    restart();
    await until(() => harness.server.calls('join').length === 2);
    await connectedAgain();
    harness.told.length = 0;
    harness.server.addPeer('Ada');
    harness.server.tell('peerJoined', { peer: harness.server.peers[0]! });
    await until(() => harness.events.includes('peerJoined'));
    harness.server.peers = [];
    restart();
    await until(() => harness.events.includes('peerLeft'));
    expect(harness.told.find(({ event }) => event === 'peerLeft')?.args[1]).toBe('left');
  });
});

describe('a session that the server forgot', () => {
  it.each([notFound('gone'), unauthorized('gone')])('is replaced by a new join: %s', async (refusal) => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    const before = await room.publishCamera();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    const oldId = room.state.peerId;
    harness.told.length = 0;
    harness.server.on('resume', () => {
      throw refusal;
    });
    harness.server.dropSockets();
    await connectedAgain();
    await until(() => harness.server.own.length === 1 && peerOf(room, 'Ada')?.publications[0]?.track);
    expect(room.state.peerId).not.toBe(oldId);
    await until(() => self(room).publications[0]?.producerId !== before.producerId);
    expect(self(room).publications[0]?.track).toBe(before.track);
    expect(before.track?.readyState).toBe('live');
    expect(harness.events).not.toContain('peerJoined');
    expect(harness.events).not.toContain('peerLeft');
    expect(harness.events).not.toContain('error');
  });

  it('ends with `connectionLost` when the new join is refused', async () => {
    const room = await harness.connect();
    harness.server.sessionToken = 'forgotten';
    harness.server.on('join', () => {
      throw forbidden('the token has expired');
    });
    harness.server.dropSockets();
    await until(() => room.state.status === 'closed');
    expect(room.state.closeReason).toBe('connectionLost');
    expect(harness.events).toEqual(['status: reconnecting', 'error', 'status: closed', 'closed']);
  });
});

describe('a media reset', () => {
  it('rebuilds the transports, publishes everything again and consumes what comes', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    const room = await harness.connect();
    await room.publishCamera();
    await room.publishMicrophone({ paused: true });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    harness.told.length = 0;
    harness.server.resetMedia();
    await until(() => harness.server.own.length === 2);
    expect(harness.server.own.map(({ source, paused }) => [source, paused])).toEqual([
      ['camera', false],
      ['microphone', true],
    ]);
    // Ada is slower: she stays listed, without a track, until she publishes again.
    expect(peerOf(room, 'Ada')?.publications).toMatchObject([{ source: 'camera', track: null }]);
    harness.server.tell('newProducer', { producer: harness.server.addProducer(ada, 'camera') });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    expect(peerOf(room, 'Ada')?.publications).toHaveLength(1);
    expect(room.state.status).toBe('connected');
    expect(harness.events.filter((event) => event.startsWith('peer') || event === 'error')).toEqual([]);
    expect(harness.server.calls('consume').at(-1)).toHaveProperty('rtpCapabilities');
    expect(harness.devices.opened.every(({ readyState }) => readyState === 'live')).toBe(true);
  });

  it('during the join is not lost', async () => {
    harness.server.on('join', async (_, usual) => {
      const answer = usual();
      harness.server.resetMedia();
      await pause(20);
      return answer;
    });
    const room = await harness.connect();
    expect(room.state.status).toBe('connected');
    expect(harness.server.calls('setUpMedia')).toHaveLength(1);
    expect(harness.handlers.transports).toHaveLength(2);
  });

  it('during a reset is not lost', async () => {
    const room = await harness.connect();
    let resets = 0;
    harness.server.on('setUpMedia', async (_, usual) => {
      const answer = usual();
      resets += 1;
      if (resets === 1) harness.server.resetMedia();
      await pause(20);
      return answer;
    });
    await room.publishCamera();
    harness.server.resetMedia();
    await until(() => resets === 2 && room.state.status === 'connected');
    await until(() => harness.server.own.length === 1);
    expect(harness.server.calls('produce')).toHaveLength(2);
  });

  it('while consumers are being built is not lost, although a closed connection never builds them', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    let building = false;
    handler.receive = () => {
      building = true;
      return new Promise(() => undefined);
    };
    const ada = harness.server.addPeer('Ada');
    const producer = harness.server.addProducer(ada, 'camera');
    harness.server.tell('peerJoined', { peer: { ...ada, producers: [] } });
    harness.server.tell('newProducer', { producer });
    await until(() => building);
    harness.server.resetMedia();
    await until(() => harness.handlers.transports.length === 4);
    const fresh = harness.server.addProducer(ada, 'camera');
    harness.server.tell('newProducer', { producer: fresh });
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    expect(room.state.status).toBe('connected');
  });

  it('in the moment in which a consumer is built leaves no track of the former transports behind', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    const receive = handler.receive.bind(handler);
    let finish: (() => void) | undefined;
    handler.receive = async (list) => {
      const built = await receive(list);
      await new Promise<void>((resolve) => (finish = resolve));
      return built;
    };
    // Told after the session was dropped, and before it is closed.
    room.on('statusChanged', () => finish?.());
    const ada = harness.server.addPeer('Ada');
    harness.server.tell('peerJoined', { peer: { ...ada, producers: [] } });
    harness.server.tell('newProducer', { producer: harness.server.addProducer(ada, 'camera') });
    await until(() => finish);
    harness.server.resetMedia();
    await until(() => harness.events.includes('status: connected'));
    expect(harness.events).not.toContain('trackSubscribed');
    expect(peerOf(room, 'Ada')?.publications.map(({ track }) => track)).toEqual([null]);
  });

  it('of an older epoch is no news', async () => {
    await harness.connect();
    harness.server.tell('mediaReset', { mediaEpoch: 1 });
    harness.server.tell('mediaReset', { mediaEpoch: 0 });
    await pause(50);
    expect(harness.events).toEqual([]);
    expect(harness.server.calls('setUpMedia')).toEqual([]);
  });

  it('that was missed is found out by the resume', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    harness.server.dropSockets();
    await until(() => room.state.status === 'reconnecting');
    harness.server.resetMedia();
    await until(() => harness.server.own.length === 1 && room.state.status === 'connected');
    expect(harness.server.calls('setUpMedia')).toHaveLength(1);
    expect(harness.server.calls('produce')).toHaveLength(2);
  });

  it('publishes what is just being published on the new transports', async () => {
    const room = await harness.connect();
    harness.server.on('produce', () => {
      harness.server.usually('produce');
      harness.server.resetMedia();
      return SILENCE;
    });
    const publication = await room.publishTrack(fakeTrack('video'), { source: 'camera' });
    expect(publication.producerId).toBe(harness.server.own[0]?.producerId);
  });

  it('publishes anew what was published with the last breath of the former transports', async () => {
    const room = await harness.connect();
    harness.server.on('produce', (_, usual) => {
      harness.server.usually('produce');
      harness.server.resetMedia();
      return usual();
    });
    await room.publishTrack(fakeTrack('video'), { source: 'camera' });
    await until(() => harness.server.calls('produce').length === 2 && harness.server.own.length === 1);
    await until(() => self(room).publications[0]?.producerId === harness.server.own[0]?.producerId);
  });
});

describe('a transport in trouble', () => {
  it('that failed gets a new ICE, and the room is `reconnecting` until it is through', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    handler.setConnectionState('connected');
    handler.setConnectionState('failed');
    await until(() => harness.server.calls('restartIce').length === 1);
    await until(() => room.state.status === 'reconnecting');
    await until(() => harness.handlers.transport('recv').restarts === 1);
    handler.setConnectionState('connected');
    expect(room.state.status).toBe('connected');
    expect(harness.handlers.transport('send').restarts).toBe(0);
  });

  it('gets the ICE servers that come with it before, because a TURN server asks for fresh credentials', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    const order: unknown[] = [];
    const restartIce = handler.restartIce.bind(handler);
    handler.updateIceServers = (servers) => Promise.resolve(void order.push(servers));
    handler.restartIce = (parameters) => {
      order.push(parameters);
      return restartIce(parameters);
    };
    const iceParameters = { usernameFragment: 'u', password: 'p' };
    const iceServers = [{ urls: ['turn:turn.example.org'], username: '1:ann', credential: 'fresh' }];
    harness.server.on('restartIce', () => ({ iceParameters, iceServers }));
    handler.setConnectionState('failed');
    await until(() => order.length === 2);
    expect(order).toEqual([iceServers, iceParameters]);
    handler.setConnectionState('connected');
    expect(room.state.status).toBe('connected');
  });

  it('gets them with a session that is taken up again', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    const iceServers = [{ urls: ['turn:turn.example.org'], username: '1:ann', credential: 'fresh' }];
    const got: unknown[] = [];
    for (const direction of ['send', 'recv'] as const) {
      const { handler } = harness.handlers.transport(direction);
      handler.updateIceServers = (servers) => Promise.resolve(void got.push(servers));
    }
    harness.server.on('resume', (_, usual) => ({ ...usual(), iceServers }));
    harness.server.dropSockets();
    await until(() => got.length === 2);
    expect(got).toEqual([iceServers, iceServers]);
  });

  it('gets a new ICE also where a browser cannot be given new ICE servers', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    // What mediasoup-client's handler for Firefox does.
    handler.updateIceServers = () =>
      Promise.reject(Object.assign(new Error('not supported'), { name: 'UnsupportedError' }));
    harness.server.on('restartIce', () => ({
      iceParameters: { usernameFragment: 'u', password: 'p' },
      iceServers: [{ urls: 'stun:stun.example.org' }],
    }));
    handler.setConnectionState('failed');
    await until(() => harness.handlers.transport('recv').restarts === 1);
    handler.setConnectionState('connected');
    expect(room.state.status).toBe('connected');
    expect(harness.server.calls('setUpMedia')).toEqual([]);
  });

  it('that is only disconnected gets some time first', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('recv');
    handler.setConnectionState('connected');
    handler.setConnectionState('disconnected');
    await pause(50);
    expect(harness.server.calls('restartIce')).toEqual([]);
    expect(room.state.status).toBe('connected');
    handler.setConnectionState('connected');
    expect(harness.events).toEqual([]);
  });

  it('that the server does not know any more is built anew', async () => {
    const room = await harness.connect();
    await room.publishCamera();
    harness.server.on('restartIce', () => {
      throw notFound('no such transport');
    });
    harness.handlers.transport('send').handler.setConnectionState('failed');
    await until(() => harness.server.calls('produce').length === 2);
    await until(() => room.state.status === 'connected');
    expect(harness.server.calls('setUpMedia')).toHaveLength(1);
  });

  it('whose DTLS parameters may not have arrived is built anew', async () => {
    const ada = harness.server.addPeer('Ada');
    harness.server.addProducer(ada, 'camera');
    harness.server.on('connectTransport', () => {
      harness.server.usually('connectTransport');
      return SILENCE;
    });
    const room = await harness.connect();
    await until(() => peerOf(room, 'Ada')?.publications[0]?.track);
    expect(harness.server.calls('setUpMedia')).toHaveLength(1);
    expect(room.state.status).toBe('connected');
  });
});

describe('a transport that is first used long after it was set up', () => {
  const later = (ms: number): void => {
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + ms);
  };
  afterEach(() => void jest.restoreAllMocks());
  const stale = [{ urls: ['turn:turn.example.org'], username: '1:ann', credential: 'stale' }];
  const fresh = [{ urls: ['turn:turn.example.org'], username: '2:ann', credential: 'fresh' }];
  beforeEach(() => {
    harness.server.on('join', (_, usual) => {
      const answer = usual();
      return { ...answer, media: { ...answer.media, iceServers: stale } };
    });
    harness.server.on('restartIce', () => ({
      iceParameters: { usernameFragment: 'u', password: 'p' },
      iceServers: fresh,
    }));
  });

  it('begins with fresh ICE servers, asked for once', async () => {
    const room = await harness.connect();
    const { handler } = harness.handlers.transport('send');
    const order: unknown[] = [];
    const send = handler.send.bind(handler);
    handler.updateIceServers = (servers) => Promise.resolve(void order.push(servers));
    handler.send = (options) => {
      order.push('send');
      return send(options);
    };
    later(11_000);
    await Promise.all([
      room.publishTrack(fakeTrack('audio'), { source: 'microphone' }),
      room.publishTrack(fakeTrack('video'), { source: 'camera' }),
    ]);
    expect(order).toEqual([fresh, 'send', 'send']);
    expect(harness.server.calls('restartIce')).toHaveLength(1);
  });

  it('is used all the same when there are none to be had', async () => {
    harness.server.on('restartIce', () => {
      throw limitExceeded('later');
    });
    const room = await harness.connect();
    later(11_000);
    await room.publishTrack(fakeTrack('audio'), { source: 'microphone' });
    expect(harness.server.calls('produce')).toHaveLength(1);
  });

  it('asks for none soon after, nor where no server wants credentials', async () => {
    const room = await harness.connect();
    await room.publishTrack(fakeTrack('audio'), { source: 'microphone' });
    expect(harness.server.calls('restartIce')).toEqual([]);
    const other = await new RoomHarness().start();
    try {
      const elsewhere = await other.connect();
      later(11_000);
      await elsewhere.publishTrack(fakeTrack('audio'), { source: 'microphone' });
      expect(other.server.calls('restartIce')).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
