import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_METRICS_PORT } from '../../src/metricsSettings.ts';
import type { ParleyServer } from '../../src/server.ts';
import { createLogger } from '../../src/support/logger.ts';
import { MetricsText } from '../support/metricsText.ts';
import { startServer } from '../support/parleyServer.ts';

const servers: ParleyServer[] = [];
const takers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  for (const taker of takers.splice(0)) taker.close();
});

async function start(...args: Parameters<typeof startServer>): Promise<ParleyServer> {
  const server = await startServer({ PARLEY_WORKERS: '1', ...args[0] }, args[1]);
  servers.push(server);
  return server;
}

/** Takes a port of the loopback interface, if nobody has it. */
async function take(port: number): Promise<number> {
  const taker = createServer();
  taker.listen(port, '127.0.0.1');
  await once(taker, 'listening').catch(() => undefined);
  if (!taker.listening) return port;
  takers.push(taker);
  return (taker.address() as AddressInfo).port;
}

describe('where metrics are served', () => {
  it('is the loopback interface, apart from the pages', async () => {
    const { metricsUrl, url } = await start();
    expect(metricsUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const { status, headers } = await fetch(metricsUrl!);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
  });

  it('answers nothing else', async () => {
    const { metricsUrl } = await start();
    const status = async (path: string, method = 'GET') =>
      (await fetch(new URL(path, metricsUrl), { method })).status;
    expect(await status('/')).toBe(404);
    expect(await status('/metrics/')).toBe(404);
    expect(await status('/metrics?x=1')).toBe(200);
    expect(await status('/metrics', 'POST')).toBe(405);
    const head = await fetch(metricsUrl!, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('may be nowhere', async () => {
    expect((await start({ PARLEY_METRICS_PORT: 'off' })).metricsUrl).toBeUndefined();
  });

  it('is gone with the server', async () => {
    const server = await start();
    await server.close();
    await expect(fetch(server.metricsUrl!)).rejects.toThrow();
  });

  it('must be free where it was chosen', async () => {
    const port = await take(0);
    await expect(startServer({ PARLEY_METRICS_PORT: String(port) })).rejects.toMatchObject({
      code: 'unavailable',
      message: `PARLEY_METRICS_PORT: cannot listen on 127.0.0.1, port ${port}: the port is in use`,
    });
  });

  it('is done without where nobody chose it and it is taken', async () => {
    await take(DEFAULT_METRICS_PORT);
    const lines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
    const server = await start({ PARLEY_METRICS_PORT: '' }, logger);
    expect(server.metricsUrl).toBeUndefined();
    expect(lines.join()).toContain(`port ${DEFAULT_METRICS_PORT}: the port is in use`);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });
});

describe('scrapes', () => {
  it('that come together get one and the same reading', async () => {
    const { metricsUrl } = await start();
    const texts = await Promise.all(
      Array.from({ length: 50 }, async () => (await fetch(metricsUrl!)).text()),
    );
    expect(new Set(texts).size).toBe(1);
    expect(new MetricsText(texts[0]!).value('worker_up')).toBe(1);
  });
});
