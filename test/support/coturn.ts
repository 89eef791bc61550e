import { spawn, type ChildProcess } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { IceServer } from '../../src/protocol/models.ts';
import { findProgram } from '../../src/support/findProgram.ts';
import { freePort } from '../../src/workers/freePort.ts';
import type { CertificateFiles } from './certificates.ts';
import { until } from './processes.ts';

const HOST = '127.0.0.1';
const SECRET = 'a-secret-that-two-servers-share';

/** A TURN server of its own (Debian: coturn) on the loopback interface: UDP and TCP, and TLS with a certificate. */
export class Coturn {
  readonly port: number;
  readonly tlsPort: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, tlsPort: number) {
    this.#child = child;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  /** @param directory For its database. */
  static async start(
    directory: string,
    { cert, key }: CertificateFiles,
    args: string[] = [],
  ): Promise<Coturn> {
    const port = await freePort([HOST]);
    const tlsPort = await freePort([HOST]);
    const child = spawn(
      findProgram('turnserver') ?? 'turnserver',
      [
        '-n',
        `--listening-ip=${HOST}`,
        `--listening-port=${port}`,
        `--tls-listening-port=${tlsPort}`,
        `--cert=${cert}`,
        `--pkey=${key}`,
        `--relay-ip=${HOST}`,
        '--min-port=30200',
        '--max-port=30299',
        '--use-auth-secret',
        `--static-auth-secret=${SECRET}`,
        '--realm=parley.test',
        '--allow-loopback-peers',
        '--no-cli',
        '--log-file=stdout',
        `--userdb=${join(directory, 'turndb')}`,
        `--pidfile=${join(directory, 'turnserver.pid')}`,
        ...args,
      ],
      { stdio: 'ignore' },
    );
    const server = new Coturn(child, port, tlsPort);
    await until('the TURN server to listen', async () => {
      if (child.exitCode !== null) throw new Error(`turnserver ended with status ${child.exitCode}`);
      return (await accepts(port)) && (await accepts(tlsPort));
    });
    return server;
  }

  /** Its URLs with a credential as its users get one. @param validFor s; negative: it is over already. */
  iceServers({ secret = SECRET, validFor = 600 }: { secret?: string; validFor?: number } = {}): IceServer[] {
    const username = `${Math.floor(Date.now() / 1000) + validFor}:doctor`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    const urls = [
      `turn:${HOST}:${this.port}?transport=udp`,
      `turn:${HOST}:${this.port}?transport=tcp`,
      `turns:${HOST}:${this.tlsPort}?transport=tcp`,
    ];
    return [{ urls: `stun:${HOST}:${this.port}` }, { urls, username, credential }];
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
