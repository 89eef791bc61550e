import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A network that exists nowhere but inside the namespaces, whatever the machine's own looks like. */
const SUBNET = '10.213.0';
const PREFIX = 'parley-test-';

let made = 0;

/**
 * A LAN of its own: network namespaces, one for each host, and a bridge that joins them.
 *
 * Nothing in it reaches the machine's network, nor the other way round.
 */
export class TestNetwork {
  readonly #hosts: readonly string[];
  readonly #name: string;
  readonly #scripts = mkdtempSync(join(tmpdir(), 'parley-test-network-'));

  private constructor(hosts: readonly string[], name: string) {
    this.#hosts = hosts;
    this.#name = name;
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
      throw new Error('this test needs network namespaces, a bridge and veth pairs, which take root', {
        cause: error,
      });
    }
    return network;
  }

  /** The address of a host, which the others reach. */
  address(host: string): string {
    return `${SUBNET}.${this.#hosts.indexOf(host) + 1}`;
  }

  /** The words before a command that make it run on a host. */
  on(host: string): [command: string, ...args: string[]] {
    return ['nsenter', `--net=/run/netns/${this.#namespace(host)}`, '--'];
  }

  /** A script that runs a program on a host, for those who take one path and no words before it. */
  program(host: string, path: string): string {
    const script = join(this.#scripts, `${host}-${path.replaceAll('/', '-')}`);
    writeFileSync(script, `#!/bin/sh\nexec ${this.on(host).join(' ')} ${path} "$@"\n`, { mode: 0o755 });
    return script;
  }

  /** Removes it. Whatever runs in it must have ended. Idempotent. */
  close(): void {
    const present = namespaces();
    for (const name of [...this.#hosts.map((host) => this.#namespace(host)), this.#namespace('lan')]) {
      if (present.includes(name)) ip('netns', 'del', name);
    }
    rmSync(this.#scripts, { recursive: true, force: true });
  }

  #build(): void {
    const lan = this.#namespace('lan');
    ip('netns', 'add', lan);
    ip('-n', lan, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', lan, 'link', 'set', 'bridge', 'up');
    for (const host of this.#hosts) {
      const name = this.#namespace(host);
      ip('netns', 'add', name);
      ip('-n', lan, 'link', 'add', host, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('-n', lan, 'link', 'set', host, 'master', 'bridge', 'up');
      ip('-n', name, 'address', 'add', `${this.address(host)}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  #namespace(host: string): string {
    return `${this.#name}-${host}`;
  }
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function namespaces(): string[] {
  try {
    return readdirSync('/run/netns');
  } catch {
    return [];
  }
}

/** Removes what a run that was killed left behind. */
function sweep(): void {
  for (const name of namespaces()) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) ip('netns', 'del', name);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
