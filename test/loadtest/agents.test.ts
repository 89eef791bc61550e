import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createGenerators } from '../../loadtest/run/createGenerators.ts';
import type { GeneratorLink } from '../../loadtest/run/GeneratorLink.ts';
import { runLoad } from '../../loadtest/run/runLoad.ts';
import type { RunResult } from '../../loadtest/results/runResult.ts';
import { processTree } from '../../loadtest/servers/processUsage.ts';
import type { ServerUnderTest } from '../../loadtest/servers/ServerUnderTest.ts';
import { startParley } from '../../loadtest/servers/startParley.ts';
import type { LiveSnapshot } from '../../loadtest/view/LiveView.ts';
import { builtLoadtest } from '../support/builtLoadtest.ts';
import { isRunning, until } from '../support/processes.ts';
import { AgentProcess, KEY } from './support/AgentProcess.ts';
import { run } from './support/callCli.ts';

let server: ServerUnderTest;
const agents: AgentProcess[] = [];
const links: GeneratorLink[] = [];

beforeAll(async () => (server = await startParley({ workers: 1 })), 60_000);
afterAll(() => server.stop());
afterEach(async () => {
  for (const link of links.splice(0)) link.close();
  for (const agent of agents.splice(0)) await agent.end('SIGKILL');
});

async function startAgents(count: number, ...args: string[]): Promise<AgentProcess[]> {
  agents.push(...(await Promise.all(Array.from({ length: count }, () => AgentProcess.start(...args)))));
  return agents;
}

async function connect(
  ports: number[],
  { key = KEY, url = server.url, flags = '' } = {},
): Promise<{
  generators: GeneratorLink[];
  load: (watch?: (now: LiveSnapshot) => void) => Promise<RunResult>;
}> {
  const addresses = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const people = `--participants 4 --video off --audio always --duration 3s --threshold none ${flags}`;
  const options = await run([
    ...`--url ${url} --yes --agents ${addresses} ${people}`.trim().split(/\s+/),
    '--agents-key',
    key,
  ]);
  const generators = await createGenerators(options, options.scenario, () => undefined);
  links.push(...generators);
  const load = (watch: (now: LiveSnapshot) => void = () => undefined): Promise<RunResult> =>
    runLoad({
      scenario: options.scenario,
      url,
      generators,
      access: {},
      clips: {},
      server: null,
      versions: {},
      onSnapshot: watch,
      signal: new AbortController().signal,
      runId: 'agents',
    });
  return { generators, load };
}

describe('a run with agents', () => {
  it('shares the bots out, and adds up what they tell', async () => {
    const [one, two] = await startAgents(2);
    const { load } = await connect([one!.port, two!.port]);
    const result = await load();
    expect(result.errors).toEqual([]);
    expect(result.metrics['join.failed']).toMatchObject({ value: 0 });
    expect(result.metrics['join']).toMatchObject({ values: { count: 4 } });
    const bots = Object.fromEntries(result.generator.map(({ name, bots: count }) => [name, count]));
    expect(bots).toEqual({
      [`agent 127.0.0.1:${one!.port} generator 1`]: 2,
      [`agent 127.0.0.1:${two!.port} generator 1`]: 2,
    });
    expect(result.rooms).toMatchObject([{ room: 'load-agents-1', participants: 4, failed: 0, audioLoss: 0 }]);
    // Both agents hear all four: each of the four is heard by three.
    const { metrics } = result;
    const rate = (name: string): number => (metrics[name] as { value: number }).value;
    expect(rate('received') / rate('sent')).toBeCloseTo(3, 0);
    const { values } = metrics['latency'] as { values: { count: number } };
    expect(values.count).toBeGreaterThan(0);
    await until('the bots’ processes have ended', () => processTree(one!.pid).length === 1);
  }, 60_000);

  it('is invalid and names the agent that died', async () => {
    const [one, two] = await startAgents(2);
    const { load } = await connect([one!.port, two!.port]);
    let killed: Promise<unknown> | undefined;
    const result = await load(({ phase }) => {
      if (phase === 'running') killed ??= two!.end('SIGKILL');
    });
    await killed;
    const name = `agent 127.0.0.1:${two!.port} generator 1`;
    expect(result.verdict).toBe('invalid');
    expect(result.invalid).toContain(`a generator failed: ${name} is lost: the connection ended`);
    expect(result.errors).toContainEqual(
      expect.objectContaining({ phase: 'generator', code: 'lost', count: 1 }),
    );
  }, 60_000);

  it('takes its bots with it when the coordinator is gone, and the agent serves the next', async () => {
    const [agent] = await startAgents(1);
    const { generators, load } = await connect([agent!.port], { flags: '--duration 1h' });
    const result = load(({ phase }) => {
      if (phase === 'running') for (const generator of generators) generator.close();
    });
    await until('bots are there', () => processTree(agent!.pid).length > 1);
    await result;
    const next = await connect([agent!.port]);
    expect(processTree(agent!.pid)).toEqual([agent!.pid]);
    expect(next.generators.map(({ local }) => local)).toEqual([false]);
  }, 60_000);
});

describe('the exit status of a run', () => {
  /** The built tool as coordinator, which loads nothing because its agent does not let it. */
  const coordinate = (port: number, key: string, url = 'http://127.0.0.1:9'): Promise<[number, string]> =>
    new Promise((resolve) => {
      const args = [join(builtLoadtest, 'loadtest/main.js'), '--url', url, '--yes'];
      args.push('--agents', `127.0.0.1:${port}`, '--agents-key', key);
      execFile(process.execPath, args, (error, out, err) => resolve([Number(error?.code ?? 0), out + err]));
    });

  it('says whether an agent is missing or does not want to', async () => {
    const [agent] = await startAgents(1);
    const { port } = agent!;
    expect(await coordinate(1, KEY)).toEqual([
      3,
      'parley-loadtest: agent 127.0.0.1:1 cannot be reached: ECONNREFUSED\n',
    ]);
    expect(await coordinate(port, 'some other key')).toEqual([
      2,
      `parley-loadtest: agent 127.0.0.1:${port} refuses the key\n`,
    ]);
    const [status, said] = await coordinate(port, KEY, 'http://203.0.113.5');
    expect(status).toBe(2);
    expect(said).toContain(`agent 127.0.0.1:${port} refuses: 203.0.113.5 is neither local`);
  });
});

describe('an agent', () => {
  it('refuses a wrong key, and does not write it down', async () => {
    const [agent] = await startAgents(1);
    const { port } = agent!;
    await expect(connect([port], { key: 'some other key' })).rejects.toMatchObject({
      code: 'unauthorized',
      message: `agent 127.0.0.1:${port} refuses the key`,
    });
    await until('it has told so', () => agent!.log.includes('does not know the key'));
    expect(agent!.log).not.toMatch(/other|c29tZS/);
  });

  it('that is not there is named, and those that are there are let go', async () => {
    const [agent] = await startAgents(1);
    await expect(connect([agent!.port, 1])).rejects.toMatchObject({
      code: 'unavailable',
      message: 'agent 127.0.0.1:1 cannot be reached: ECONNREFUSED',
    });
    await connect([agent!.port]);
  });

  it('works for one run at a time', async () => {
    const [agent] = await startAgents(1);
    await connect([agent!.port]);
    await expect(connect([agent!.port])).rejects.toMatchObject({
      code: 'unavailable',
      message: `agent 127.0.0.1:${agent!.port} works for another run`,
    });
  });

  it('loads no public host that it was not told to', async () => {
    const [strict] = await startAgents(1);
    const url = 'http://203.0.113.5:3000';
    await expect(connect([strict!.port], { url })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('203.0.113.5 is neither local nor in a private network'),
    });
    const willing = await AgentProcess.start('--allow', '203.0.113.5');
    agents.push(willing);
    expect((await connect([willing.port], { url })).generators).toHaveLength(1);
  });

  it('ends with its bots when it is told to', async () => {
    const [agent] = await startAgents(1);
    const { load } = await connect([agent!.port], { flags: '--duration 1h' });
    let tree: number[] = [];
    let status: Promise<number | null> | undefined;
    const result = await load(({ phase }) => {
      if (phase !== 'running' || status) return;
      tree = processTree(agent!.pid);
      status = agent!.end('SIGTERM');
    });
    expect(result.verdict).toBe('invalid');
    expect(await status).toBe(0);
    expect(tree).toHaveLength(2);
    expect(tree.filter(isRunning)).toEqual([]);
  }, 60_000);
});
