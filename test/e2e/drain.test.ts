import { afterEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { isRunning } from '../support/processes.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

const KEY = 'ops';
const SECRET = 'a secret of thirty-two bytes, or more';

const servers: ServerProcess[] = [];
const peers: SignalingPeer[] = [];

async function start(env: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    PARLEY_WORKERS: '1',
    PARLEY_API_KEY: KEY,
    PARLEY_API_SECRET: SECRET,
    PARLEY_OPEN: 'true',
    // Longer than a test may take: whatever ends before did not wait for it.
    PARLEY_DRAIN_DEADLINE: '600000',
    ...env,
  });
  servers.push(server);
  return server;
}

async function joined(server: ServerProcess, room = 'standup'): Promise<SignalingPeer> {
  const peer = await new SignalingPeer(server.url).connected();
  peers.push(peer);
  await peer.request('join', { room });
  return peer;
}

async function drain(server: ServerProcess): Promise<number> {
  const token = await new SignJWT({ video: { roomAdmin: true } })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(KEY)
    .setExpirationTime('1m')
    .sign(new TextEncoder().encode(SECRET));
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${server.url}/api/drain`, { method: 'POST', headers })).status;
}

afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
  for (const server of servers.splice(0)) server.kill();
});

describe('a server process that drains', () => {
  it('ends with status 0 and no worker left as soon as everybody has left', async () => {
    const server = await start();
    const { workers } = server;
    const [ann, bob] = [await joined(server), await joined(server, 'another')];
    server.signal('SIGTERM');
    await Promise.all([ann.event('draining'), bob.event('draining')]);
    const readiness = await fetch(`${server.url}/readyz`);
    expect([readiness.status, await readiness.json()]).toMatchObject([503, { ready: false, draining: true }]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await ann.request('leave', {});
    // Whoever is left goes on.
    await bob.request('sendChat', { text: 'and still here' });
    await bob.request('leave', {});
    expect(await server.end()).toBe(0);
    expect(workers.filter(isRunning)).toEqual([]);
  });

  it('ends with status 0 at once when nobody is in', async () => {
    const server = await start();
    expect(await server.end('SIGTERM')).toBe(0);
  });

  it('ends with status 3 at its deadline when somebody never leaves, who is not told to stay away', async () => {
    const server = await start({ PARLEY_DRAIN_DEADLINE: '100' });
    const { workers } = server;
    const peer = await joined(server);
    const gone = peer.disconnected();
    expect(await server.end('SIGTERM')).toBe(3);
    await gone;
    expect(peer.told.map(({ event }) => event)).toEqual(['draining']);
    expect(workers.filter(isRunning)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with status 3 at once on a further %s', async (signal) => {
    const server = await start();
    const peer = await joined(server);
    server.signal('SIGTERM');
    await peer.event('draining');
    expect(await server.end(signal)).toBe(3);
  });

  it('is begun over HTTP as well, twice without harm, and goes on when the signal comes then', async () => {
    const server = await start();
    const peer = await joined(server);
    expect(await Promise.all([drain(server), drain(server)])).toEqual([202, 202]);
    await peer.event('draining');
    server.signal('SIGTERM');
    await peer.request('sendChat', { text: 'still here' });
    expect(await drain(server)).toBe(202);
    await peer.request('leave', {});
    expect(await server.end()).toBe(0);
    expect(peer.told.map(({ event }) => event)).not.toContain('draining');
  });

  it('answers the request that begins it, also when it is over at once', async () => {
    const server = await start();
    expect(await drain(server)).toBe(202);
    expect(await server.end()).toBe(0);
  });
});
