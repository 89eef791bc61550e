import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import type { ParleyServer } from '../../src/server.ts';
import { LiveBots } from '../loadtest/support/LiveBots.ts';
import { MetricsText } from '../support/metricsText.ts';
import { startServer } from '../support/parleyServer.ts';
import { until } from '../support/processes.ts';
import { accessToken } from '../support/signalingHarness.ts';
import { SignalingPeer } from '../support/signalingPeer.ts';

let server: ParleyServer;
let bots: LiveBots | undefined;

beforeAll(async () => {
  server = await startServer();
});
afterEach(async () => {
  await bots?.close();
  bots = undefined;
});
afterAll(() => server.close());

const scrape = (): Promise<MetricsText> => MetricsText.of(server.metricsUrl!);

/** Resolves with the first scrape of which this holds. */
async function scrapeUntil(what: string, holds: (now: MetricsText) => boolean): Promise<MetricsText> {
  let now: MetricsText | undefined;
  await until(
    what,
    async () => {
      now = await scrape();
      return holds(now);
    },
    30_000,
  );
  return now!;
}

const GAUGES: [name: string, labels?: Record<string, string>][] = [
  ['rooms'],
  ['peers'],
  ['peers_by_connection_score'],
  ['sockets'],
  ['sessions'],
  ['transports'],
  ['connections'],
  ['producers'],
  ['consumers'],
];

describe('the metrics of a server', () => {
  it('follow two people who hear and see each other, and forget them when they are gone', async () => {
    const before = await scrape();
    for (const [name] of GAUGES) expect([name, before.value(name)]).toEqual([name, 0]);
    expect(before.value('ready')).toBe(1);
    expect(before.value('worker_up')).toBe(2);
    for (const worker of [0, 1])
      expect(before.value('worker_resident_memory_bytes', { worker })).toBeGreaterThan(1_000_000);

    bots = new LiveBots(server.url, 'standup');
    const live = await bots.join(['ann', 'bob']);
    const during = await scrapeUntil(
      'media and links are counted',
      (now) =>
        ['audio', 'video'].every((kind) =>
          ['in', 'out'].every((direction) => now.value('worker_packets_total', { kind, direction })! > 50),
        ) &&
        now.value('peer_round_trip_seconds_count')! > 0 &&
        now.value('peer_outgoing_bandwidth_bytes_per_second_count')! > 0 &&
        now.value('worker_keyframe_requests_total', { direction: 'in', kind: 'video' }) ===
          live.reduce((sum, { keyFrameRequests }) => sum + keyFrameRequests, 0),
    );
    expect(during.value('rooms')).toBe(1);
    expect(during.value('peers')).toBe(2);
    expect(during.value('sockets')).toBe(2);
    expect(during.value('sessions')).toBe(2);
    expect(during.value('transports', { type: 'webrtc' })).toBe(4);
    expect(during.value('connections', { protocol: 'udp', state: 'connected' })).toBe(4);
    for (const kind of ['audio', 'video']) {
      expect(during.value('producers', { kind, state: 'flowing' })).toBe(2);
      expect(during.value('consumers', { kind, state: 'flowing' })).toBe(2);
    }
    expect(during.value('worker_bytes_total', { direction: 'in' })).toBeGreaterThan(10_000);
    expect(during.value('worker_bytes_total', { direction: 'out' })).toBeGreaterThan(10_000);
    expect(during.value('worker_cpu_seconds_total')).toBeGreaterThan(0);
    expect(during.value('worker_keyframe_requests_total', { direction: 'in' })).toBeGreaterThan(0);
    expect(during.value('connection_results_total', { protocol: 'udp', result: 'connected' })).toBe(4);
    expect(during.value('dtls_handshake_seconds_count', { protocol: 'udp' })).toBe(4);
    expect(during.value('peer_packet_loss_ratio_count', { direction: 'out' })).toBeGreaterThan(0);
    for (const phase of ['joined', 'connected', 'playing'])
      expect([phase, during.value('join_phase_seconds_count', { phase })]).toEqual([phase, 2]);
    expect(during.value('signaling_requests_total', { request: 'join', code: 'ok' })).toBe(2);
    expect(during.value('signaling_request_seconds_count', { request: 'produce' })).toBe(4);
    expect(during.value('peers_joined_total')).toBe(2);
    expect(during.value('rooms_created_total')).toBe(1);

    await bots.close();
    const after = await scrapeUntil('everybody is gone', (now) =>
      GAUGES.every(([name]) => now.value(name) === 0),
    );
    expect(after.value('peers_left_total')).toBe(2);
    expect(after.value('rooms_closed_total', { reason: 'empty' })).toBe(1);
    expectGrowth(during, after);
    expectGrowth(before, during);
  }, 90_000);

  it('tell what is lost on the way, and asked for again', async () => {
    bots = new LiveBots(server.url, 'lossy');
    const before = await scrape();
    await bots.join(['ann', 'bob'], { network: { loss: 0.1, uplinkLoss: 0.1 } });
    const grown = (now: MetricsText, name: string, direction: string): boolean =>
      now.value(name, { direction, kind: 'video' })! > before.value(name, { direction, kind: 'video' })!;
    await scrapeUntil('losses are counted', (now) =>
      ['in', 'out'].every(
        (direction) =>
          grown(now, 'worker_packets_lost_total', direction) &&
          grown(now, 'worker_packets_nacked_total', direction),
      ),
    );
  }, 60_000);

  it('count those who move to another worker', async () => {
    bots = new LiveBots(server.url, 'moving');
    const before = (await scrape()).value('worker_moves_total', { result: 'moved' })!;
    await bots.join(['ann', 'bob']);
    const { workers } = (await (await fetch(`${server.url}/readyz`)).json()) as {
      workers: { index: number; routers: number }[];
    };
    const { index } = workers.find(({ routers }) => routers > 0)!;
    const token = await accessToken({ video: { room: 'moving', roomAdmin: true } });
    const { status } = await fetch(`${server.url}/api/rooms/moving/workers/${index}/vacate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(status).toBe(202);
    await scrapeUntil(
      'both have moved',
      (now) =>
        now.value('worker_moves_total', { result: 'moved' }) === before + 2 &&
        now.value('peers_moving') === 0,
    );
  }, 60_000);

  it('count requests by names that there are, whatever clients make up', async () => {
    const peer = await new SignalingPeer(server.url).connected();
    try {
      expect(await peer.codeOf('made-up-name')).toBe('badRequest');
      expect(await peer.codeOf('constructor')).toBe('badRequest');
      expect(await peer.codeOf('sendChat', { text: 'hello' })).toBe('invalidState');
    } finally {
      peer.close();
    }
    const now = await scrapeUntil(
      'they are counted',
      (text) => text.value('signaling_requests_total', { request: 'other', code: 'badRequest' }) === 2,
    );
    expect(now.value('signaling_requests_total', { request: 'sendChat', code: 'invalidState' })).toBe(1);
    expect(now.text).not.toMatch(/made-up-name|constructor/);
  });

  it('count on when a worker dies', async () => {
    bots = new LiveBots(server.url, 'on-the-edge');
    await bots.join(['ann', 'bob']);
    const packets = (now: MetricsText): number => now.value('worker_packets_total', { direction: 'out' })!;
    const start = packets(await scrape());
    const before = await scrapeUntil('media flows', (now) => packets(now) > start + 50);
    const { workers } = (await (await fetch(`${server.url}/readyz`)).json()) as {
      workers: { index: number; pid: number; routers: number }[];
    };
    const { pid, index } = workers.find(({ routers }) => routers > 0)!;
    process.kill(pid, 'SIGKILL');
    const after = await scrapeUntil(
      'media flows again, over a worker in its place',
      (now) =>
        packets(now) > packets(before) + 50 && now.value('worker_respawns_total', { worker: index }) === 1,
    );
    expectGrowth(before, after);
    expect(after.value('worker_deaths_total', { worker: index, reason: 'crashed' })).toBe(1);
    expect(after.value('worker_up')).toBe(2);
  }, 90_000);

  it('have names, help and types that Prometheus likes', async () => {
    const { text } = await scrape();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text });
    expect([status, stdout.toString(), stderr.toString()]).toEqual([0, '', '']);
  });

  it('have no names of rooms or people in them', async () => {
    bots = new LiveBots(server.url, 'secret-plans');
    await bots.join(['mata-hari']);
    const { text } = await scrapeUntil('somebody is in', (now) => now.value('peers') === 1);
    expect(text).not.toMatch(/secret-plans|mata-hari/);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});

/** No counter went back, none vanished. */
function expectGrowth(before: MetricsText, after: MetricsText): void {
  const { growing } = after;
  for (const [line, value] of before.growing) {
    expect([line, growing.has(line)]).toEqual([line, true]);
    if (!Number.isNaN(value)) expect([line, growing.get(line)! >= value]).toEqual([line, true]);
  }
}
