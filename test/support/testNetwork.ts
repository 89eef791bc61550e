import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isRunning } from './processes.ts';

/** A network that exists nowhere but inside the namespaces, whatever the machine's own looks like. */
const SUBNET = '10.213.0';
/** Begins the name of everything that a network makes, before the process that it belongs to. */
const PREFIX = 'parley-test-network-';
/** Where `ip` is, which not every PATH has. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

const env = { ...process.env, PATH, LC_ALL: 'C' };

const doorKeeper = resolve('test/support/doorKeeper.mjs');
const listenInside = resolve('test/support/listenInside.mjs');

let made = 0;

/** A host of a test network, for what runs there. */
export interface TestHost {
  /** What the other hosts reach it by. */
  address: string;
  /** The words before a command that make it run there. */
  command: readonly [program: string, ...args: string[]];
}

/** What of the packets that arrive is dropped: beyond so many bps, or a share, 0 to 1. */
export type Trouble = ({ rate: number } | { loss: number } | { larger: number }) & {
  from?: string;
  protocol?: 'udp' | 'tcp';
};

/**
 * A LAN of its own: network namespaces, one for each host, and a bridge that joins them.
 *
 * Nothing in it reaches the machine's network, nor the other way round, but through doors.
 */
export class TestNetwork {
  /** For files that are to go with the network. */
  readonly directory: string;
  readonly #hosts: readonly string[];
  readonly #name: string;
  readonly #doors: ChildProcess[] = [];

  private constructor(hosts: readonly string[], name: string) {
    this.#hosts = hosts;
    this.#name = name;
    this.directory = join(tmpdir(), name);
  }

  /** @throws Error which says what of it this machine does not allow. */
  static create(hosts: readonly string[]): TestNetwork {
    sweep();
    made += 1;
    const network = new TestNetwork(hosts, `${PREFIX}${process.pid}-${made}`);
    try {
      network.#build();
    } catch (error) {
      network.close();
      throw new Error(
        `this test needs network namespaces, a bridge and veth pairs, which take root and the programs ip and nsenter: ${String(error)}`,
        { cause: error },
      );
    }
    return network;
  }

  host(name: string): TestHost {
    return {
      address: `${SUBNET}.${this.#hosts.indexOf(name) + 1}`,
      command: ['nsenter', `--net=/run/netns/${this.#namespace(name)}`, '--'],
    };
  }

  /** A script that runs a program on a host, for those who take one path and no words before it. */
  program(host: string, path: string): string {
    const script = join(this.directory, `${host}-${path.replaceAll('/', '-')}`);
    writeFileSync(script, `#!/bin/sh\nexec ${this.host(host).command.join(' ')} ${path} "$@"\n`, {
      mode: 0o755,
    });
    return script;
  }

  /**
   * Opens a port on the machine's own loopback interface that leads to the port of the same number on a host's, and
   * resolves with that number.
   */
  async door(host: string): Promise<number> {
    const outside = createServer().listen(0, '127.0.0.1');
    await once(outside, 'listening');
    const { port } = outside.address() as AddressInfo;
    const [command, ...args] = [
      ...this.host(host).command,
      process.execPath,
      doorKeeper,
      String(port),
    ] as const;
    const keeper = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#doors.push(keeper);
    try {
      // A socket stays in the namespace that it was made in, whoever holds it.
      keeper.send('outside', outside);
      const ended = once(keeper, 'exit').then(([status]) => {
        throw new Error(`the door to ${host} fell shut with status ${String(status)}`);
      });
      await Promise.race([once(keeper, 'message'), ended]);
    } finally {
      outside.close();
    }
    return port;
  }

  /** What listens on a free port of a host's, for a server of this process's to take over (`listen`). */
  async listen(host: string): Promise<Server> {
    const { address, command } = this.host(host);
    const [program, ...args] = [...command, process.execPath, listenInside, address] as const;
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const [, listening] = (await once(child, 'message')) as [string, Server];
    return listening;
  }

  /** Pulls the cable of a host, or plugs it in again. */
  setCable(host: string, plugged: boolean): void {
    ip('-n', this.#namespace('lan'), 'link', 'set', host, plugged ? 'up' : 'down');
  }

  /**
   * Polices what arrives at a host to so many bps, or frees it again (null): what is beyond the rate and one second's
   * worth of it at once, the least that the kernel's `hashlimit` takes, is dropped and never queued.
   */
  policeDownlink(host: string, rate: number | null): void {
    this.impair(host, rate === null ? null : { rate });
  }

  /**
   * Drops some of what arrives at a host, or nothing any more (null): what is beyond a rate (bps), as `policeDownlink`
   * does, a share of the packets at random, or those of more bytes, as a tunnel does whose ends do not know how narrow it is.
   *
   * `from`: only what comes from this host, which is the sender's uplink as far as the receiver can tell. `protocol`: only
   * that.
   */
  impair(host: string, trouble: Trouble | null): void {
    const [command, ...args] = this.host(host).command;
    const run = (...words: string[]): void => {
      execFileSync(command, [...args, 'iptables', ...words], { stdio: ['ignore', 'ignore', 'pipe'], env });
    };
    run('-F', 'INPUT');
    if (trouble === null) return;
    const { from, protocol } = trouble;
    const which = [
      ...(from === undefined ? [] : ['-s', this.host(from).address]),
      ...(protocol === undefined ? [] : ['-p', protocol]),
    ];
    run('-A', 'INPUT', ...which, ...matching(trouble), '-j', 'DROP');
  }

  /** Drops what a host sends of these, as a strict firewall does, and nothing else; none: nothing. */
  setFirewall(host: string, dropped: readonly { protocol: 'udp' | 'tcp'; ports?: string }[]): void {
    const [command, ...args] = this.host(host).command;
    const run = (...words: string[]): void => {
      execFileSync(command, [...args, 'iptables', ...words], { stdio: ['ignore', 'ignore', 'pipe'], env });
    };
    run('-F', 'OUTPUT');
    for (const { protocol, ports } of dropped) {
      run('-A', 'OUTPUT', '-p', protocol, ...(ports ? ['--dport', ports] : []), '-j', 'DROP');
    }
  }

  /** Removes it, and ends what still runs in it. Idempotent. */
  close(): void {
    for (const door of this.#doors) door.kill('SIGKILL');
    for (const name of namespaces()) if (name.startsWith(`${this.#name}-`)) remove(name);
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  #build(): void {
    mkdirSync(this.directory);
    const lan = this.#namespace('lan');
    ip('netns', 'add', lan);
    ip('-n', lan, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', lan, 'link', 'set', 'bridge', 'up');
    for (const host of this.#hosts) {
      const name = this.#namespace(host);
      ip('netns', 'add', name);
      ip('-n', lan, 'link', 'add', host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('-n', lan, 'link', 'set', host, 'master', 'bridge', 'up');
      ip('-n', name, 'address', 'add', `${this.host(host).address}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  #namespace(host: string): string {
    return `${this.#name}-${host}`;
  }
}

/** What of the packets is beyond a rate in bps (iptables). */
function matching(trouble: Trouble): string[] {
  if ('rate' in trouble) return beyond(trouble.rate);
  if ('loss' in trouble) return some(trouble.loss);
  return ['-m', 'length', '--length', `${trouble.larger + 1}:`];
}

function beyond(rate: number): string[] {
  const bytes = Math.round(rate / 8);
  const limit = ['--hashlimit-name', 'downlink', '--hashlimit-above', `${bytes}b/s`];
  return ['-m', 'hashlimit', ...limit, '--hashlimit-burst', `${bytes}b`];
}

/** A share of the packets, 0 to 1, at random (iptables). */
function some(share: number): string[] {
  return ['-m', 'statistic', '--mode', 'random', '--probability', String(share)];
}

function ip(...args: string[]): string {
  return execFileSync('ip', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

const namespaces = (): string[] => entries('/run/netns');

/** A namespace lives as long as a process is in it, whether it has a name or not. */
function remove(namespace: string): void {
  for (const pid of ip('netns', 'pids', namespace).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  ip('netns', 'del', namespace);
}

/** Removes what a run that was killed left behind. */
function sweep(): void {
  const isLeft = (name: string): boolean => {
    const pid = /^\d+/.exec(name.slice(PREFIX.length))?.[0];
    return pid !== undefined && !isRunning(Number(pid));
  };
  for (const name of namespaces().filter(isLeft)) remove(name);
  for (const name of entries(tmpdir()).filter(isLeft)) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
