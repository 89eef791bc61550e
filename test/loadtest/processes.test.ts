import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ChildServer } from '../../loadtest/servers/ChildServer.ts';
import { findListener, namedTree, processTree, usageOf } from '../../loadtest/servers/processUsage.ts';
import { builtLoadtest } from '../support/builtLoadtest.ts';
import { isRunning, residentMemory, until } from '../support/processes.ts';

const NAME = 'the test server';
const servers: ChildServer[] = [];

async function start(script: string, directory?: string): Promise<ChildServer> {
  const server = await ChildServer.start({
    name: NAME,
    command: process.execPath,
    args: ['-e', script],
    env: process.env,
    ...(directory === undefined ? {} : { directory }),
  });
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if (!server.hasExited) process.kill(-server.pid, 'SIGKILL');
    await server.exited;
  }
});

describe('the usage of processes', () => {
  it('is the CPU time and memory that Node knows of itself', () => {
    const { user, system } = process.cpuUsage();
    const usage = usageOf(process.pid)!;
    // Ticks of 10 ms, user and system rounded down each.
    expect(usage.cpu).toBeGreaterThan((user + system) / 1e6 - 0.05);
    expect(usage.memory / residentMemory(process.pid)).toBeCloseTo(1, 1);
  });

  it('is undefined of a process that is gone', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    expect(usageOf(child.pid!)).toBeUndefined();
    expect(processTree(child.pid!)).toEqual([]);
  });

  it('finds children and their children', async () => {
    const server = await start(
      `const { spawn } = require('node:child_process');
       const shell = spawn('sh', ['-c', 'sleep 60 & wait']);
       console.log('shell ' + shell.pid);`,
    );
    const shell = Number(await server.says(/^shell (\d+)$/m));
    await until('the shell has its child', () => processTree(server.pid).length === 3);
    const tree = processTree(server.pid);
    expect(tree.slice(0, 2)).toEqual([server.pid, shell]);
    await until('it sleeps', () => namedTree(server.pid)[2]?.name === 'sleep');
    expect(namedTree(server.pid)).toEqual([
      { name: 'control', pid: server.pid },
      { name: 'sh', pid: shell },
      { name: 'sleep', pid: tree[2] },
    ]);
  });

  it.each(['127.0.0.1', '::1'])('finds who listens on a port of %s', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(findListener(port)).toBe(process.pid);
    server.close();
    await once(server, 'close');
    expect(findListener(port)).toBeUndefined();
  });
});

describe('a server as a child process', () => {
  it('tells what it says, and ends on SIGTERM', async () => {
    const server = await start(`console.log('port 5'); setInterval(() => undefined, 1000);`);
    expect(await server.says(/^port (\d+)$/m)).toBe('5');
    await server.stop();
    await server.stop();
    expect(isRunning(server.pid)).toBe(false);
  });

  it('says why it did not come up', async () => {
    const server = await start(`console.error('no such thing'); process.exit(3);`);
    await expect(server.says(/never/)).rejects.toMatchObject({
      code: 'unavailable',
      message: `${NAME} ended with 3 while it started: no such thing`,
    });
  });

  it('that does not exist is unavailable', async () => {
    const starting = ChildServer.start({ name: NAME, command: '/no/such/program', args: [], env: {} });
    await expect(starting).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('takes its directory with it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'parley-test-'));
    const server = await start('setInterval(() => undefined, 1000)', directory);
    await server.stop();
    expect(existsSync(directory)).toBe(false);
  });

  describe('when the tool dies', () => {
    it('ends with it, also when nobody could tell it so', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'parley-test-'));
      const tool = spawn(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { ChildServer } from ${JSON.stringify(join(builtLoadtest, 'loadtest/servers/ChildServer.js'))};
           const server = await ChildServer.start({
             name: 'server', command: process.execPath, env: process.env,
             args: ['-e', 'setInterval(() => undefined, 1000)'],
             directory: ${JSON.stringify(directory)},
           });
           console.log(server.pid);`,
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const [said] = (await once(tool.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      expect(isRunning(pid)).toBe(true);
      tool.kill('SIGKILL');
      await until('the server has ended', () => usageOf(pid) === undefined);
      await until('its directory is gone', () => !existsSync(directory));
    });
  });
});
