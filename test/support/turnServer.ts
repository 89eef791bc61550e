import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ManagedTurn, type ManagedTurnOptions } from '../../src/turn/ManagedTurn.ts';
import { silentLogger } from '../../src/support/logger.ts';
import { findProgram } from '../../src/support/findProgram.ts';
import { freePort } from '../../src/workers/freePort.ts';
import { TurnClient, type TurnLogin } from './turnClient.ts';

export const TURN_SECRET = 'a-secret-that-two-servers-share';
const HOST = '127.0.0.1';

/** A managed TURN server on free ports of the loopback interface. */
export class TestTurn {
  readonly managed: ManagedTurn;
  readonly port: number;
  readonly #clients: TurnClient[] = [];

  private constructor(managed: ManagedTurn, port: number) {
    this.managed = managed;
    this.port = port;
  }

  /** @param allowed What it relays to. */
  static async start(allowed: string, options: Partial<ManagedTurnOptions> = {}): Promise<TestTurn> {
    const port = options.ports?.port ?? (await freePort([HOST]));
    return new TestTurn(await ManagedTurn.start({ ...turnOptions(port, allowed), ...options }), port);
  }

  /** What its server tells somebody with this id. */
  loginOf(id: string): TurnLogin {
    const { username, credential } = this.managed.iceServersFor(id)[0] ?? {};
    return { username: username ?? '', credential: credential ?? '' };
  }

  /** A client that has no allocation yet. */
  async client(login = this.loginOf('ann')): Promise<TurnClient> {
    const client = await TurnClient.open({ address: HOST, port: this.port }, login);
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients.splice(0)) client.close();
    this.managed.close();
    await this.managed.terminated();
  }
}

export function turnOptions(port: number, allowed: string): ManagedTurnOptions {
  return {
    program: findProgram('turnserver') ?? 'turnserver',
    plan: { listening: [HOST], relayIp: HOST, mappings: [], allowed: [allowed] },
    ports: { port, tlsPort: undefined, relay: { min: 30_000, max: 30_199 } },
    host: HOST,
    secret: TURN_SECRET,
    lifetime: 60_000,
    logger: silentLogger,
  };
}

/** Takes a TCP port until it is given back. */
export async function occupy(port: number): Promise<{ port: number; free: () => void }> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, free: () => server.close() };
}
