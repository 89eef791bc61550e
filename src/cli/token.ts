import process from 'node:process';
import type { Command } from 'commander';
import { AccessTokens } from '../access/AccessTokens.ts';
import { roomNameSchema } from '../protocol/requests.ts';
import { badRequest } from '../support/errors.ts';
import { parseDuration } from './duration.ts';
import { readServerConfig, withConfigOption } from './serverConfig.ts';

interface TokenOptions {
  room: string;
  identity: string;
  name?: string;
  metadata?: string;
  validFor: number;
  admin: boolean;
  publish: boolean;
  subscribe: boolean;
  publishData: boolean;
  config?: string;
}

/** `parley token create`: an access token, which any LiveKit server SDK makes as well. */
export function addTokenCommand(program: Command): void {
  const token = program.command('token').description('access tokens');
  withConfigOption(token.command('create'))
    .description('print a token that lets its bearer into a room')
    .requiredOption('--room <name>', 'the room')
    .requiredOption('--identity <identity>', 'who the bearer is; must be unique in the room')
    .option('--name <name>', 'shown to the others')
    .option('--metadata <text>', 'told to the others, for your own use')
    .option('--valid-for <duration>', 'such as 90s, 15m, 1h or 30d', parseDuration, 3600)
    .option('--admin', 'the bearer may moderate the room', false)
    .option('--no-publish', 'the bearer may not publish tracks')
    .option('--no-subscribe', 'the bearer may not receive tracks')
    .option('--no-publish-data', 'the bearer may not send data messages')
    .action(async (options: TokenOptions) => {
      process.stdout.write(`${await createToken(options)}\n`);
    });
}

async function createToken(options: TokenOptions): Promise<string> {
  if (!roomNameSchema.safeParse(options.room).success)
    throw badRequest('a room’s name has 1 to 64 letters, digits, dots, hyphens, underscores or tildes');
  const tokens = new AccessTokens(readServerConfig(options.config));
  const { name, metadata } = options;
  const grant = {
    identity: options.identity,
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    permissions: {
      canPublish: options.publish,
      canSubscribe: options.subscribe,
      canPublishData: options.publishData,
      canUpdateOwnMetadata: false,
      roomAdmin: options.admin,
    },
  };
  return tokens.issue(options.room, grant, options.validFor);
}
