import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CHROMIUM, Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { chosenPaths, keepPeerConnections, type ChosenPath } from '../support/peerConnections.ts';
import { descendantsRunning, until } from '../support/processes.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { trustedCertificate, type TrustedCertificate } from '../support/testAuthority.ts';
import { TestNetwork } from '../support/testNetwork.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];
/** Of the only worker. */
const MEDIA_PORT = 20_000;
const TURN_PORT = 3478;
const TURN_TLS_PORT = 5349;
/** ms; the shortest. */
const LIFETIME = 15_000;

let network: TestNetwork;
let certificate: TrustedCertificate;
let server: ServerProcess;
let free: Participant;
let confined: Participant | undefined;
let meetings = 0;

beforeAll(async () => {
  network = TestNetwork.create(['server', 'ann', 'bob']);
  const { address } = network.host('server');
  certificate = await trustedCertificate([address], network.directory);
  server = await startServer({});
  free = await launch(ann, 'ann');
}, 120_000);

afterEach(async () => {
  await confined?.close();
  confined = undefined;
});

afterAll(async () => {
  try {
    await free.close();
    expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  } finally {
    network.close();
  }
}, 60_000);

const startServer = (env: Record<string, string>): Promise<ServerProcess> =>
  ServerProcess.start(
    {
      PARLEY_TLS_CERT: certificate.cert,
      PARLEY_TLS_KEY: certificate.key,
      PARLEY_WORKERS: '1',
      PARLEY_RTC_PORT: String(MEDIA_PORT),
      PARLEY_TURN: 'managed',
      PARLEY_TURN_LIFETIME: String(LIFETIME),
      ...env,
    },
    { host: network.host('server') },
  );

/** Nothing tells it to overlook a certificate: it believes the test's authority. */
async function launch(person: ClipPerson, host: string): Promise<Participant> {
  const participant = await Participant.launch(person, {
    program: network.program(host, CHROMIUM),
    home: certificate.home,
  });
  await participant.page.addInitScript(keepPeerConnections);
  return participant;
}

/** Both in a room, one of them behind this firewall, until each sees and hears the other; how that one's media travels. */
async function meet(
  dropped: Parameters<TestNetwork['setFirewall']>[1],
  url = server.url,
): Promise<ChosenPath[]> {
  network.setFirewall('bob', dropped);
  confined = await launch(bob, 'bob');
  const room = `room-${++meetings}`;
  await free.join(url, room);
  await confined.join(url, room);
  await Promise.all([free.seesAndHears(bob, 60_000), confined.seesAndHears(ann, 60_000)]);
  const paths = await confined.run(chosenPaths, null);
  // One to send on, one to receive on.
  expect(paths).toHaveLength(2);
  expect([...free.errors, ...confined.errors]).toEqual([]);
  return paths;
}

const UDP = { protocol: 'udp' } as const;
const MEDIA_TCP = { protocol: 'tcp', ports: String(MEDIA_PORT) } as const;
const TURN_TCP = { protocol: 'tcp', ports: String(TURN_PORT) } as const;
const TURN_TLS = { protocol: 'tcp', ports: String(TURN_TLS_PORT) } as const;

describe('somebody behind a firewall', () => {
  it('that lets everything through sends UDP to the media port, and nothing over TURN', async () => {
    for (const { local, remote } of await meet([])) {
      expect(local).toMatchObject({ protocol: 'udp' });
      expect(local.type).not.toBe('relay');
      expect(remote).toMatchObject({ protocol: 'udp', port: MEDIA_PORT });
    }
  }, 120_000);

  it('that drops all UDP is in the call by TCP, to the media port or over TURN', async () => {
    for (const { local, remote } of await meet([UDP])) {
      // Which of the two is for Chromium to say: see docs/turn.md.
      if (local.type === 'relay') expect(['tcp', 'tls']).toContain(local.relayProtocol);
      else expect(local).toMatchObject({ protocol: 'tcp', tcpType: 'active' });
      expect(remote.port).toBe(MEDIA_PORT);
    }
  }, 120_000);

  it('that drops all UDP, and TURN’s ports, is in the call by TCP to the media port', async () => {
    for (const { local, remote } of await meet([UDP, TURN_TCP, TURN_TLS])) {
      expect(local).toMatchObject({ protocol: 'tcp', tcpType: 'active' });
      expect(remote).toMatchObject({ protocol: 'tcp', port: MEDIA_PORT });
    }
  }, 120_000);

  it('that drops all UDP, and the media port’s TCP, is in the call over TURN by TCP', async () => {
    for (const { local, remote } of await meet([UDP, MEDIA_TCP])) {
      expect(local).toMatchObject({ type: 'relay', relayProtocol: 'tcp' });
      expect(remote).toMatchObject({
        protocol: 'udp',
        address: network.host('server').address,
        port: MEDIA_PORT,
      });
    }
  }, 120_000);

  it('that drops TURN’s plain port as well is in the call over TURN by TLS', async () => {
    for (const { local, remote } of await meet([UDP, MEDIA_TCP, TURN_TCP])) {
      expect(local).toMatchObject({ type: 'relay', relayProtocol: 'tls' });
      expect(remote).toMatchObject({ protocol: 'udp', port: MEDIA_PORT });
    }
  }, 120_000);
});

describe('a TURN server that dies in a call', () => {
  it('is used again by ICE restarts with fresh credentials, when those of the beginning are over', async () => {
    await meet([UDP, MEDIA_TCP, TURN_TCP]);
    const joined = Date.now();
    const connections = await confined?.run(() => window.peerConnections.size, null);
    const [turnserver = 0] = descendantsRunning('turnserver', server.pid);
    // Whoever came with the credentials of the join is refused from now on.
    await until('their time to be over', () => Date.now() > joined + LIFETIME + 1000, 2 * LIFETIME);
    process.kill(turnserver, 'SIGKILL');
    const hasStatus = (wanted: string): boolean => window.parleyTest.status() === wanted;
    await confined?.until('the lost way to show', hasStatus, 'reconnecting', 60_000);
    await confined?.until('another way', hasStatus, 'connected', 60_000);
    for (const one of [free, confined]) await one?.run(() => window.parleyTest.clear(), null);
    await Promise.all([free.seesAndHears(bob, 60_000), confined?.seesAndHears(ann, 60_000)]);
    // The same connections: nothing was built anew.
    expect(await confined?.run(() => window.peerConnections.size, null)).toBe(connections);
    for (const { local } of (await confined?.run(chosenPaths, null)) ?? []) {
      expect(local).toMatchObject({ type: 'relay', relayProtocol: 'tls' });
    }
  }, 240_000);
});

describe('a server behind NAT whose media nobody reaches from outside', () => {
  it('is reached over TURN, which takes the public address for the local one', async () => {
    const { address } = network.host('server');
    const behind = await startServer({
      // A public address that leads nowhere (RFC 5737).
      PARLEY_ANNOUNCED_ADDRESS: `203.0.113.9@${address}`,
      PARLEY_RTC_PORT: '20100',
      PARLEY_TURN_HOST: address,
      PARLEY_TURN_PORT: '3578',
      PARLEY_TURN_TLS_PORT: '0',
      PARLEY_TURN_RELAY_PORTS: '33000-33999',
    });
    try {
      for (const { local, remote } of await meet([], behind.url)) {
        // By the local address, under which the SFU sees it, the relay is nobody that the browser knows.
        expect(local).toMatchObject({ type: 'prflx' });
        // Both ways to the relay work, and whichever is checked first may stay.
        expect(['udp', 'tcp']).toContain(local.relayProtocol);
        expect(remote).toMatchObject({ address: '203.0.113.9', port: 20_100 });
      }
    } finally {
      expect(await behind.stop()).toEqual({ status: 0, leftovers: [] });
    }
  }, 180_000);
});
