import { runCli, type Commands } from '../../../loadtest/cli.ts';
import type { Names } from '../../../loadtest/cli/localHost.ts';
import type { AgentOptions, LimitPlan, RunOptions } from '../../../loadtest/cli/runOptions.ts';

/** What a command line led to. */
export interface Called {
  status: number;
  out: string;
  err: string;
  run?: RunOptions;
  findLimit?: LimitPlan;
  compare?: [string, string, string | undefined];
  agent?: AgentOptions;
}

const hosts: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  'me.test': ['192.0.2.7'],
  'both.test': ['127.0.0.1', '203.0.113.5'],
  'far.test': ['203.0.113.5'],
};

/** A made-up DNS, and a machine with the address of `me.test`. */
export const names: Names = {
  lookup: (host) => (hosts[host] ? Promise.resolve(hosts[host]) : Promise.reject(new Error('ENOTFOUND'))),
  ownAddresses: () => ['192.0.2.7', 'fe80::1%eth0'],
};

/** Runs a command line (a text is split at blanks) whose commands only note what they are asked. */
export async function call(line: string | string[], env: NodeJS.ProcessEnv = {}): Promise<Called> {
  const called: Called = { status: -1, out: '', err: '' };
  const commands: Commands = {
    run: (options) => {
      called.run = options;
      return Promise.resolve(99);
    },
    findLimit: (options, plan) => {
      called.run = options;
      called.findLimit = plan;
      return Promise.resolve(0);
    },
    compare: (before, after, out) => {
      called.compare = [before, after, out];
      return Promise.resolve(0);
    },
    agent: (options) => {
      called.agent = options;
      return Promise.resolve(0);
    },
  };
  const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
  called.status = await runCli(argv, {
    commands,
    env,
    stdout: (text) => (called.out += text),
    stderr: (text) => (called.err += text),
    names,
  });
  return called;
}

/** The options that a right command line of a run leads to. */
export const run = async (line: string | string[], env?: NodeJS.ProcessEnv): Promise<RunOptions> => {
  const { run: options, err } = await call(line, env);
  if (!options) throw new Error(err);
  return options;
};
