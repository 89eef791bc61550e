import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { AgentConnection } from '../../loadtest/agent/AgentConnection.ts';
import { AgentServer } from '../../loadtest/agent/AgentServer.ts';
import { keyHeader } from '../../loadtest/agent/key.ts';
import type { FromAgent, ToAgent } from '../../loadtest/agent/wire.ts';
import { toolVersion } from '../../loadtest/packageRoot.ts';
import { Collector } from '../../loadtest/results/Collector.ts';
import { unixNow } from '../../loadtest/rtp/ntp.ts';
import { AgentGenerator } from '../../loadtest/run/AgentGenerator.ts';
import type { FromGenerator } from '../../loadtest/run/messages.ts';
import { planBots } from '../../loadtest/scenario/planBots.ts';
import { names } from './support/callCli.ts';
import { sampleScenario } from './support/sampleRun.ts';

const key = 'a key of this test';
const quick = { interval: 10, misses: 2 };
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('what comes to an agent', () => {
  let agent: AgentServer;
  const start = async (): Promise<void> => {
    const log = (): void => undefined;
    agent = await AgentServer.listen({ host: '127.0.0.1', port: 0, key, allow: [], log, names });
    closing.push(() => agent.close());
  };

  async function open(headers: Record<string, string> = {}): Promise<WebSocket> {
    const socket = new WebSocket(`ws://${agent.address}`, {
      headers: { authorization: keyHeader(key), ...headers },
    });
    closing.push(() => socket.terminate());
    await once(socket, 'open');
    return socket;
  }

  /** All that the agent says to these messages until it hangs up, and with which code. */
  async function answers(...messages: unknown[]): Promise<{ told: FromAgent[]; code: number }> {
    await start();
    const socket = await open();
    const told: FromAgent[] = [];
    socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString()) as FromAgent));
    for (const message of messages)
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const [code] = (await once(socket, 'close')) as [number];
    return { told, code };
  }

  const hello = { type: 'hello', version: toolVersion(), processes: 1 };
  const assignment = {
    scenario: sampleScenario,
    url: 'http://127.0.0.1:9',
    bots: [],
    concurrency: 1,
    onlyBots: true,
    access: {},
    clips: {},
  };
  const prepare = (changes: object, index = 0): object => ({
    type: 'generator',
    index,
    message: { type: 'prepare', assignment: { ...assignment, ...changes } },
  });

  it.each<[string, unknown[], string]>([
    ['no JSON', ['hello'], 'not JSON'],
    ['binary nonsense', ['\0\x01\x02'], 'not JSON'],
    ['no object', ['7'], ''],
    ['an unknown message', [{ type: 'format', disk: '/' }], 'type'],
    ['a message before hello', [prepare({})], 'the first message must be hello'],
    ['hello from another version', [{ ...hello, version: '9.9.9' }], 'and the coordinator’s 9.9.9'],
    ['no processes', [{ ...hello, processes: 0 }], 'processes'],
    ['a URL that is none', [{ ...hello, url: 'file:///etc/passwd' }], 'url'],
    ['a generator that there is not', [hello, prepare({}, 200)], 'there is no generator 200'],
    [
      'a file that is to be read',
      [hello, prepare({ clips: { videoFile: '/etc/passwd' } })],
      'message.assignment.clips',
    ],
    [
      'frames without end',
      [
        hello,
        prepare({
          scenario: {
            ...sampleScenario,
            groups: [
              { ...sampleScenario.groups[0], video: { codec: 'vp8', layers: 1, height: 180, fps: 1e9 } },
            ],
          },
        }),
      ],
      'video.fps',
    ],
    ['a public server in an assignment', [hello, prepare({ url: 'http://far.test' })], 'far.test'],
  ])('is refused when it is %s', async (_what, messages, part) => {
    const { told, code } = await answers(...messages);
    expect(code).toBe(4000);
    expect(told.at(-1)).toMatchObject({ type: 'refused', message: expect.stringContaining(part) });
    // It goes on for others.
    const [host, port] = agent.address.split(':') as [string, string];
    const connection = await AgentConnection.open({ host, port: Number(port), key, processes: 1 });
    expect(connection.processes).toBe(1);
    connection.close();
  });

  it('ends the connection when it is too long', async () => {
    const { code } = await answers(JSON.stringify({ ...hello, version: 'x'.repeat(17 * 1024 * 1024) }));
    expect(code).toBe(1009);
  });

  it('needs the key, whole and alone', async () => {
    await start();
    const right = keyHeader(key);
    for (const authorization of ['', key, `${right}x`, right.slice(0, -1), right.toLowerCase()]) {
      await expect(open({ authorization })).rejects.toThrow('Unexpected server response: 401');
    }
    await open();
  });

  it('is answered in HTTP when it is HTTP, and not at all when it is nothing', async () => {
    await start();
    expect((await fetch(`http://${agent.address}/?key=${key}`)).status).toBe(426);
    const [host, port] = agent.address.split(':') as [string, string];
    const stranger = connect(Number(port), host);
    let said = '';
    stranger.on('data', (chunk: Buffer) => (said += chunk.toString()));
    stranger.write('\x16\x03\x01\0\0');
    await once(stranger, 'close');
    expect(said).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('what comes from an agent', () => {
  type Answer = (message: ToAgent, tell: (answer: FromAgent | string) => void) => void;

  /** An agent that says what the test says. */
  async function fake(
    answer: Answer,
  ): Promise<{ host: string; port: number; key: string; processes: number }> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    await once(server, 'listening');
    closing.push(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    server.on('connection', (socket) => {
      socket.on('message', (data: Buffer) =>
        answer(JSON.parse(data.toString()) as ToAgent, (told) =>
          socket.send(typeof told === 'string' ? told : JSON.stringify(told)),
        ),
      );
    });
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, key, processes: 2 };
  }

  const AHEAD = 5000;
  const honest: Answer = (message, tell) => {
    if (message.type === 'hello') tell({ type: 'welcome', host: 'far', processes: 2 });
    if (message.type === 'ping') tell({ type: 'pong', id: message.id, time: unixNow() + AHEAD });
  };

  const collector = new Collector();
  collector.count('joinDone', 3);
  collector.observe('join', 12);
  collector.room('load-x-1').joined = 1;
  const tally = {
    type: 'tally',
    tally: collector.flush(),
    health: { pid: 1, bots: 1, seconds: 1, cpu: 0, sendingCpu: 0, loop: 0, delay: 0, socketDrops: 0 },
    joined: 1,
    joining: 0,
    failed: 0,
    waiting: 0,
  } satisfies FromGenerator;
  const told = (message: FromGenerator): FromAgent => ({ type: 'generator', index: 1, message });

  /** A generator whose agent answers its assignment with this; what it hears, and why it is gone. */
  async function hear(
    answer: FromAgent | string,
  ): Promise<{ heard: FromGenerator[]; gone: string | undefined }> {
    const agent = await fake((message, tell) => {
      honest(message, tell);
      if (message.type !== 'generator') return;
      tell(answer);
      tell(told({ type: 'ended' }));
    });
    const generator = new AgentGenerator(await AgentConnection.open(agent), 1);
    const heard: FromGenerator[] = [];
    const gone = await new Promise<string | undefined>((resolve) => {
      generator.onClose = resolve;
      generator.onMessage = (message): void => {
        if (message.type === 'ended') resolve(undefined);
        else heard.push(message);
      };
      const bots = planBots({ ...sampleScenario, rooms: 1 }, 'x');
      const scenario = sampleScenario;
      generator.send({
        type: 'prepare',
        assignment: {
          scenario,
          url: 'http://127.0.0.1:9',
          bots,
          concurrency: 1,
          onlyBots: true,
          access: {},
          clips: {},
        },
      });
    });
    generator.close();
    return { heard, gone };
  }

  it('tells how far its clock is off, and the assignment says so to its bots', async () => {
    let offset: number | undefined;
    const agent = await fake((message, tell) => {
      honest(message, tell);
      if (message.type !== 'generator' || message.message.type !== 'prepare') return;
      offset = message.message.assignment.clockOffset;
      tell(told({ type: 'ended' }));
    });
    const connection = await AgentConnection.open(agent);
    const { clock, host, processes } = connection;
    expect({ host, processes }).toEqual({ host: 'far', processes: 2 });
    expect(Math.abs(clock.offset + AHEAD)).toBeLessThanOrEqual(clock.roundTrip / 2);
    const generator = new AgentGenerator(connection, 1);
    const ended = new Promise((resolve) => (generator.onMessage = resolve));
    const assignment = {
      scenario: sampleScenario,
      url: 'http://a',
      bots: [],
      concurrency: 1,
      onlyBots: true,
    };
    generator.send({ type: 'prepare', assignment: { ...assignment, access: {}, clips: {} } });
    await ended;
    expect(offset).toBe(clock.offset);
    generator.close();
    expect(() => generator.send({ type: 'start' })).toThrow('is closed');
  });

  it('is heard when it is a tally', async () =>
    expect(await hear(told(tally))).toEqual({ heard: [tally], gone: undefined }));

  const withTally = (changes: object): string =>
    JSON.stringify(told({ ...tally, tally: { ...tally.tally, ...changes } }));
  it.each([
    ['not JSON', 'tally', 'talks nonsense: not JSON'],
    ['an unknown counter', withTally({ counters: { coins: 1 } }), 'tally.counters'],
    ['a negative count', withTally({ counters: { joinDone: -1 } }), 'tally.counters.joinDone'],
    [
      'an unknown metric',
      withTally({ histograms: { luck: tally.tally.histograms.join } }),
      'tally.histograms',
    ],
    [
      'a histogram that does not add up',
      withTally({ histograms: { join: { count: 5, sum: 1, min: 0, max: 1, buckets: [0, 4] } } }),
      'tally.histograms.join',
    ],
    [
      'a room of somebody else',
      withTally({ rooms: { theirs: tally.tally.rooms['load-x-1'] } }),
      'a room that its bots are not in',
    ],
    ['an answer to nothing', JSON.stringify({ type: 'pong', id: 1, time: 0 }), 'pong answers nothing'],
  ])('loses the agent when it is %s', async (_what, answer, part) => {
    const { heard, gone } = await hear(answer);
    expect(heard).toEqual([]);
    expect(gone).toContain(part);
  });

  it('names an agent that is none', async () => {
    const server = createServer((_request, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    await expect(AgentConnection.open({ host: '127.0.0.1', port, key, processes: 1 })).rejects.toMatchObject({
      code: 'badRequest',
      message: `agent 127.0.0.1:${port} is no agent: it answered 200`,
    });
  });
});

describe('a peer that is silent', () => {
  it('is noticed by the agent', async () => {
    const log: string[] = [];
    const agent = await AgentServer.listen({
      host: '127.0.0.1',
      port: 0,
      key,
      allow: [],
      log: (text) => void log.push(text),
      keepAlive: quick,
    });
    closing.push(() => agent.close());
    const socket = new WebSocket(`ws://${agent.address}`, {
      headers: { authorization: keyHeader(key) },
      autoPong: false,
    });
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1006);
  });

  it('is noticed by the coordinator', async () => {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, autoPong: false });
    await once(server, 'listening');
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const opening = AgentConnection.open({ host: '127.0.0.1', port, key, processes: 1, keepAlive: quick });
    await expect(opening).rejects.toMatchObject({
      code: 'unavailable',
      message: `agent 127.0.0.1:${port} is lost: the connection ended`,
    });
  });
});
