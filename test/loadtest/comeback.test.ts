import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { until } from '../support/processes.ts';
import { TcpProxy } from '../support/tcpProxy.ts';
import { LiveBots, type LiveBot } from './support/LiveBots.ts';
import { presence, startServer } from './support/loadRun.ts';

/** Two that know nothing of each other, behind one address. */
let servers: ServerUnderTest[];
let address: TcpProxy;
let bots: LiveBots;

beforeEach(async () => {
  servers = await Promise.all([startServer(), startServer()]);
  address = await TcpProxy.before(servers[0]!.url);
  bots = new LiveBots(address.url, 'comeback');
}, 60_000);

afterEach(async () => {
  await bots.close();
  address.close();
  await Promise.all(servers.map((server) => server.stop()));
});

const media = (live: LiveBot): number => live.count('videoExpected');

describe('bots whose server dies', () => {
  it('join another one that does not know them, publish and subscribe anew, and know what they missed', async () => {
    const [ann, bob] = (await bots.join(['ann', 'bob'])) as [LiveBot, LiveBot];
    await until('media flows', () => media(ann) > 20 && media(bob) > 20);
    for (const { bot } of [ann, bob]) bot.gaps.restart(performance.now());
    address.leadTo(servers[1]!.url);
    const died = performance.now();
    process.kill(servers[0]!.pids()[0]!.pid, 'SIGKILL');
    await until(
      'both are in the other server',
      async () => (await presence(servers[1]!.url)).peers === 2,
      20_000,
    );
    for (const live of [ann, bob]) {
      await until('it hears and sees again', () =>
        live.bot.gaps.longest(performance.now()).every(({ endedAt }) => (endedAt ?? 0) > died),
      );
      expect(live.bot.gaps.longest(performance.now()).map(({ source }) => source)).toHaveLength(2);
      expect([live.bot.state, live.seats.length, live.count('lost')]).toEqual(['joined', 2, 1]);
      expect(live.errors()).toEqual(['resume notFound', 'inRoom lost']);
    }
  }, 60_000);

  it('do not come back once they have left', async () => {
    const [ann] = (await bots.join(['ann'])) as [LiveBot];
    address.leadTo(servers[1]!.url);
    process.kill(servers[0]!.pids()[0]!.pid, 'SIGKILL');
    await until('it lost its place', () => ann.count('lost') === 1 || ann.seats.length > 1, 20_000);
    await ann.bot.stop();
    expect(ann.bot.state).toMatch(/gone|failed/);
    await until('nobody is in', async () => (await presence(servers[1]!.url)).peers === 0);
  }, 60_000);
});
