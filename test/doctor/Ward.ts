import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/workers/freePort.ts';
import { makeCertificate, type CertificateFiles } from '../support/certificates.ts';
import { Coturn } from '../support/coturn.ts';
import { doctor, type DoctorRun, type Examination } from '../support/doctorCommand.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TestNetwork, type TestHost } from '../support/testNetwork.ts';

/** On a host of the network, where nobody else is. */
const HTTPS = 3443;
const MEDIA = 20_000;

/** Places where servers are made ill: the loopback interface, and a network of a server and a client. */
export class Ward {
  readonly directory: string;
  readonly network: TestNetwork;
  /** For the server of the network, the loopback interface, and a public address. */
  readonly certificate: CertificateFiles;
  readonly turn: Coturn;
  readonly #ends: (() => unknown)[] = [];

  private constructor(parts: {
    directory: string;
    network: TestNetwork;
    certificate: CertificateFiles;
    turn: Coturn;
  }) {
    this.directory = parts.directory;
    this.network = parts.network;
    this.certificate = parts.certificate;
    this.turn = parts.turn;
  }

  static async open(): Promise<Ward> {
    const directory = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
    const network = TestNetwork.create(['server', 'client']);
    const names = [network.host('server').address, '127.0.0.1', 'localhost', '203.0.113.7'];
    const certificate = await makeCertificate(directory, 'own', { names });
    return new Ward({ directory, network, certificate, turn: await Coturn.start(directory, certificate) });
  }

  async close(): Promise<void> {
    await this.recover();
    await this.turn.close();
    this.network.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  get server(): TestHost {
    return this.network.host('server');
  }

  get client(): TestHost {
    return this.network.host('client');
  }

  /** The server's URL in the network. */
  get url(): string {
    return `https://${this.server.address}:${HTTPS}`;
  }

  /** Settings of a healthy server on the loopback interface, on ports that are free. */
  async loopback(): Promise<Record<string, string>> {
    return {
      PARLEY_HOST: '127.0.0.1',
      PARLEY_PORT: String(await freePort(['127.0.0.1'])),
      PARLEY_RTC_PORT: String(await freePort(['127.0.0.1'])),
      PARLEY_WORKERS: '1',
      PARLEY_ANNOUNCED_ADDRESS: '127.0.0.1',
    };
  }

  /** Settings of a healthy server in the network. */
  get inNetwork(): Record<string, string> {
    return {
      PARLEY_HOST: this.server.address,
      PARLEY_PORT: String(HTTPS),
      PARLEY_RTC_PORT: String(MEDIA),
      PARLEY_WORKERS: '2',
      PARLEY_ANNOUNCED_ADDRESS: this.server.address,
      PARLEY_TLS_CERT: this.certificate.cert,
      PARLEY_TLS_KEY: this.certificate.key,
    };
  }

  /** Starts a server, until `recover`. */
  async start(env: Record<string, string>, host?: TestHost): Promise<ServerProcess> {
    const server = await ServerProcess.start(env, host ? { host } : {});
    this.later(() => server.stop());
    return server;
  }

  /** Runs the doctor, who trusts the ward's own certificate as browsers trust those of authorities. */
  examine(run: DoctorRun): Promise<Examination> {
    return doctor({ ...run, env: { NODE_EXTRA_CA_CERTS: this.certificate.cert, ...run.env } });
  }

  /** Runs a program on a host. */
  run(host: TestHost, ...words: string[]): void {
    const [command, ...args] = [...host.command, ...words] as const;
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  /** Drops what arrives at the server, until `recover`. */
  drop(...rule: string[]): void {
    this.run(this.server, 'iptables', '-A', 'INPUT', ...rule, '-j', 'DROP');
    this.later(() => this.run(this.server, 'iptables', '-F', 'INPUT'));
  }

  /** To be done by `recover`. */
  later(end: () => unknown): void {
    this.#ends.push(end);
  }

  /** Undoes what was done to make a server ill, the last first. */
  async recover(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
