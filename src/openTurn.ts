import { randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { Config } from './config.ts';
import { createServer, readTlsFiles, type TlsMaterial } from './http/listen.ts';
import type { IceServer } from './protocol/models.ts';
import { unavailable } from './support/errors.ts';
import { findProgram } from './support/findProgram.ts';
import type { Logger } from './support/logger.ts';
import { ManagedTurn } from './turn/ManagedTurn.ts';
import { relayPlan } from './turn/relayPlan.ts';
import { TurnCredentials } from './turn/TurnCredentials.ts';
import { lanAddresses, listenAddresses } from './workers/listenAddresses.ts';

/** The STUN and TURN servers that clients are told of. */
export interface Turn {
  /** All of them, with credentials that are made for this id and are fresh. */
  readonly iceServersFor: (id: string) => IceServer[];
  /** The one that this process keeps running, if it does. */
  readonly managed: ManagedTurn | undefined;
  /** Ends that one; resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

/**
 * Gets ready what the configuration says of STUN and TURN, and starts the managed TURN server.
 *
 * @param tls What pages are served with.
 * @throws ParleyError `unavailable` where there is no `turnserver`, an announced name cannot be resolved, or it does not come up;
 * `conflict` and `badRequest` for its ports and certificate.
 */
export async function openTurn(options: {
  config: Config;
  tls: TlsMaterial | undefined;
  logger: Logger;
}): Promise<Turn> {
  const { config } = options;
  const secret = config.turnSecret ?? randomBytes(32).toString('base64url');
  const managed = config.turn === 'managed' ? await startManaged({ ...options, secret }) : undefined;
  const elsewhere =
    config.turnUrls && new TurnCredentials({ urls: config.turnUrls, secret, lifetime: config.turnLifetime });
  return {
    managed,
    iceServersFor: (id) => [
      ...config.iceServers,
      ...(managed?.iceServersFor(id) ?? []),
      ...(elsewhere?.iceServersFor(id) ?? []),
    ],
    async close() {
      managed?.close();
      await managed?.terminated();
    },
  };
}

async function startManaged(options: {
  config: Config;
  tls: TlsMaterial | undefined;
  secret: string;
  logger: Logger;
}): Promise<ManagedTurn> {
  const { config, secret, logger } = options;
  const program = findProgram('turnserver');
  if (program === undefined) {
    throw unavailable(
      `PARLEY_TURN=managed needs the program turnserver, which is not there; Debian has it in the package coturn: apt-get install --no-install-recommends coturn`,
    );
  }
  const tls = turnTls(config, options.tls);
  const media = listenAddresses(config.announcedAddresses);
  const plan = await relayPlan({ media, lan: lanAddresses(), resolve });
  return ManagedTurn.start({
    program,
    plan,
    ports: {
      port: config.turnPort,
      tlsPort: tls && config.turnTlsPort > 0 ? config.turnTlsPort : undefined,
      relay: config.turnRelayPorts,
    },
    ...(tls ? { tls } : {}),
    host: config.turnHost ?? media[0]?.announcedAddress ?? plan.relayIp,
    secret,
    lifetime: config.turnLifetime,
    logger,
  });
}

/** Its own certificate, else that of the pages. */
function turnTls(
  { turnTlsCert, turnTlsKey }: Config,
  ofPages: TlsMaterial | undefined,
): TlsMaterial | undefined {
  if (turnTlsCert === undefined || turnTlsKey === undefined) return ofPages;
  const own = readTlsFiles(turnTlsCert, turnTlsKey);
  // Says what is wrong with it, where turnserver would only not listen.
  createServer(() => undefined, own);
  return own;
}

async function resolve(hostname: string): Promise<string[]> {
  try {
    return (await lookup(hostname, { all: true, family: 4 })).map(({ address }) => address);
  } catch (error) {
    throw unavailable(`the announced name ${hostname} has no IPv4 address that TURN could relay to`, {
      cause: error,
    });
  }
}
