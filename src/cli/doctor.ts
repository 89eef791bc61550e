import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { AccessTokens } from '../access/AccessTokens.ts';
import { loadConfig, type Config } from '../config.ts';
import { diagnose } from '../doctor/checks.ts';
import { gatherFacts } from '../doctor/gatherFacts.ts';
import { hasFault, report } from '../doctor/report.ts';
import { EXIT } from '../exitStatus.ts';
import { defaultCertificateDir } from '../http/selfSigned.ts';
import type { IceServer } from '../protocol/models.ts';
import { badRequest } from '../support/errors.ts';
import { TurnCredentials } from '../turn/TurnCredentials.ts';
import { withConfigOption } from './serverConfig.ts';

interface DoctorOptions {
  config?: string;
  json: boolean;
  url?: string;
}

/** s for which the doctor's own tokens hold. */
const VISIT = 300;

/** `parley doctor`: why people do not get through, and what mends it. */
export function addDoctorCommand(program: Command): void {
  withConfigOption(program.command('doctor'))
    .description('look at a server, running or not, for what keeps people from meeting')
    .option(
      '--url <url>',
      'by which clients come, such as https://meet.example.org; also from outside',
      origin,
    )
    .option('--json', 'findings as JSON', false)
    .action(async (options: DoctorOptions) => {
      await examine(options);
    });
}

async function examine({ config: file, json, url }: DoctorOptions): Promise<void> {
  const config = readConfig(file);
  const tokens = new AccessTokens(config);
  const facts = await gatherFacts({
    settings: { ...config, iceServers: [...config.iceServers, ...turnServers(config)] },
    url,
    tokenFor: async (room) => (config.generatedCredentials ? undefined : issue(tokens, room)),
    directories: directoriesOf(config),
  });
  const findings = diagnose(facts);
  const isColoured = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
  const text = json ? `${JSON.stringify({ findings }, null, 2)}\n` : report(findings, isColoured);
  await new Promise<void>((done) => process.stdout.write(text, () => done()));
  // Timers of handshakes that came to no end would keep this process for half a minute.
  process.exit(hasFault(findings) ? EXIT.failed : EXIT.ended);
}

/** TURN servers that run elsewhere; the one that a server manages runs with it, and is met there. */
function turnServers({ turnUrls, turnSecret, turnLifetime }: Config): IceServer[] {
  if (turnUrls === undefined || turnSecret === undefined) return [];
  const credentials = { urls: turnUrls, secret: turnSecret, lifetime: turnLifetime };
  return new TurnCredentials(credentials).iceServersFor('parley-doctor');
}

/** What the server writes to. */
function directoriesOf({ https, redisUrl, dataDir, recordingsDir }: Config): { use: string; path: string }[] {
  return [
    ...(https ? [{ use: 'certificates', path: defaultCertificateDir() }] : []),
    ...(redisUrl === undefined ? [{ use: 'data', path: dataDir }] : []),
    ...(recordingsDir === undefined ? [] : [{ use: 'recordings', path: recordingsDir }]),
  ];
}

/** As the server reads it; what a server in development makes up is not known here, and not needed by its doctor. */
function readConfig(file: string | undefined): Config {
  const invocation = loadConfig({
    argv: file === undefined ? [] : ['--config', file],
    env: process.env,
    makeCredentials: () => ({ apiKey: 'doctor', apiSecret: randomBytes(32).toString('base64url') }),
  });
  if (invocation.show !== undefined) throw badRequest('there is no configuration');
  return invocation.config;
}

function issue(tokens: AccessTokens, room: string): Promise<string> {
  const permissions = {
    canPublish: false,
    canSubscribe: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
    roomAdmin: false,
  };
  return tokens.issue(room, { identity: 'parley-doctor', permissions }, VISIT);
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError('must be such as https://meet.example.org');
  }
  return url.origin;
}
