import process from 'node:process';
import { InvalidArgumentError, type Command } from 'commander';
import { AccessTokens } from '../access/AccessTokens.ts';
import type { IngressInfo } from '../ingest/Ingress.ts';
import { openSource, sendArgs, tracksOf, withoutPassword } from '../ingest/source.ts';
import type { WireError } from '../protocol/errors.ts';
import { roomNameSchema } from '../protocol/requests.ts';
import { runProgram } from '../recording/ffmpeg.ts';
import { badRequest, ParleyError, unavailable } from '../support/errors.ts';
import { readServerConfig, withConfigOption } from './serverConfig.ts';

interface IngestOptions {
  room: string;
  server: string;
  name: string;
  token?: string;
  bitrate: number;
  loop: boolean;
  config?: string;
}

/** s for which the token holds that it makes for itself. */
const TOKEN_VALID = 86_400;
/** ms: a source may go on for as long as timers can wait. */
const NO_END = 2_147_483_647;

/** `parley ingest`: somebody in a room whose media is a stream or a file, for as long as this command runs. */
export function addIngestCommand(program: Command): void {
  withConfigOption(program.command('ingest'))
    .description(
      'send a stream or a file into a room as a participant; needs ffmpeg, on the machine of the server',
    )
    .argument('<source>', 'such as rtsp://camera/stream, or a file')
    .requiredOption('--room <name>', 'the room')
    .option('--server <url>', 'where the server is', 'http://localhost:3000')
    .option('--name <name>', 'shown to the others', 'Stream')
    .option('--token <token>', 'with roomAdmin; default: one that is made with the server’s key')
    .option('--bitrate <bps>', 'of video that has to be encoded', parseBitrate, 1_500_000)
    .option('--loop', 'begin a file again at its end', false)
    .action(async (source: string, options: IngestOptions) => ingest(source, options));
}

async function ingest(input: string, options: IngestOptions): Promise<void> {
  const { room, server, name, bitrate, loop } = options;
  if (!roomNameSchema.safeParse(room).success) throw badRequest('that is no name of a room');
  if (!URL.canParse(server)) throw badRequest('--server must be a URL');
  const token = options.token ?? (await adminToken(room, options.config));
  const source = await openSource(input);
  const url = new URL(`/api/rooms/${encodeURIComponent(room)}/ingress`, server);
  const request = { name, tracks: tracksOf(source), rtcpMux: false };
  const ingress = (await call(url, token, 'POST', request)) as IngressInfo;
  process.stdout.write(`${withoutPassword(input)} is ${name} in ${room} (${ingress.ingressId})\n`);
  const end = new AbortController();
  const stop = (): void => end.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const watch = watchIngress(url, token, ingress.ingressId, stop);
  try {
    const args = sendArgs(source, ingress, { bitrate, loop });
    await runProgram('ffmpeg', args, { deadline: NO_END, signal: end.signal });
  } catch (error) {
    if (!end.signal.aborted) throw error;
  } finally {
    clearInterval(watch);
    // It may have been removed, or its room may be gone.
    await call(new URL(`${url.href}/${ingress.ingressId}`), token, 'DELETE').catch(() => undefined);
  }
}

/** Ends it when it was removed from the room. */
function watchIngress(url: URL, token: string, id: string, gone: () => void): NodeJS.Timeout {
  return setInterval(() => {
    call(url, token, 'GET').then(
      (answer) => {
        if (!(answer as { ingress: IngressInfo[] }).ingress.some(({ ingressId }) => ingressId === id)) gone();
      },
      // The server may be away for a moment; ffmpeg goes on.
      () => undefined,
    );
  }, 2000);
}

async function adminToken(room: string, config: string | undefined): Promise<string> {
  const permissions = {
    canPublish: false,
    canSubscribe: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
    roomAdmin: true,
  };
  return new AccessTokens(readServerConfig(config)).issue(room, { permissions }, TOKEN_VALID);
}

async function call(url: URL, token: string, method: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(url, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((error: unknown) => {
    throw unavailable(`there is no server at ${url.origin}`, { cause: error });
  });
  if (answer.status === 204) return undefined;
  const content = (await answer.json().catch(() => ({}))) as { error?: WireError };
  if (answer.ok) return content;
  throw content.error
    ? ParleyError.fromWire(content.error)
    : unavailable(`${url.origin} is no Parley server`);
}

function parseBitrate(text: string): number {
  const bitrate = Number(text);
  if (!/^\d{5,8}$/.test(text)) throw new InvalidArgumentError('must be 10000 to 99999999 bps');
  return bitrate;
}
