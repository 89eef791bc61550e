import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';
import { setting } from './setting.ts';
import { list, portRange, text, whole } from './settingValues.ts';

/** RFC 7064 and RFC 7065, with a host name or an address in it; browsers refuse the whole list because of one that is not. */
const URL_PATTERN = /^(?:stuns?:(?<stun>[^\s?]+)|turns?:(?<turn>[^\s?]+?)(?:\?transport=(?:udp|tcp))?)$/;

const turnUrls = list
  .refine((urls) => urls.every(isIceUrl), {
    error: 'must be such as turn:turn.example.org:3478?transport=udp, turns:… or stun:…; comma separated',
  })
  .refine((urls) => urls.some((url) => url.startsWith('turn')), {
    error: 'must have one of a TURN server; what is for STUN alone belongs into PARLEY_ICE_SERVERS',
  });

function isIceUrl(url: string): boolean {
  const groups = URL_PATTERN.exec(url)?.groups;
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:[\]/@#]+))(?::(\d{1,5}))?$/.exec(groups?.['stun'] ?? groups?.['turn'] ?? '') ?? [];
  const isHost = bracketed === undefined ? plain !== undefined && isHostOrAddress(plain) : isIPv6(bracketed);
  return isHost && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535));
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** Four numbers that are not an IPv4 address would pass as a host name. */
const isHostOrAddress = (value: string): boolean =>
  isIP(value) !== 0 || (HOST_NAME.test(value) && !/^[\d.]+$/.test(value));

/** It has to pass through coturn's configuration file as it is. */
const SECRET = /^[A-Za-z0-9!$%&()*+,./:;<=>?@[\]^_{|}~-]+$/;

const relayPorts = '24000-32000';

/** The settings of STUN and TURN, besides `iceServers`. */
export const turnSettings = {
  turn: setting({
    env: 'PARLEY_TURN',
    schema: z.enum(['off', 'managed'], { error: 'must be off or managed' }),
    default: 'off',
    defaultText: 'off',
    description:
      'managed: start a TURN server (Debian’s package `coturn`) on this machine, which relays to the media ports’ addresses alone, and watch it',
  }),
  turnUrls: setting({
    env: 'PARLEY_TURN_URLS',
    schema: turnUrls.optional(),
    defaultText: 'none',
    description:
      'TURN servers that run elsewhere and share `PARLEY_TURN_SECRET`, in the order in which clients are told, such as `turn:turn.example.org:3478?transport=udp`; comma separated',
  }),
  turnSecret: setting({
    env: 'PARLEY_TURN_SECRET',
    schema: text
      .refine((value) => SECRET.test(value), {
        error: 'must be of letters, digits and signs, without blanks, quotes, # and backslashes',
      })
      .optional(),
    defaultText: 'made up at each start for a managed one',
    description:
      'what the TURN server calls `static-auth-secret`: each session gets credentials of its own that are made with it; at least 16 bytes in production',
    secret: true,
  }),
  turnLifetime: setting({
    env: 'PARLEY_TURN_LIFETIME',
    schema: whole(15_000, 604_800_000),
    default: 3_600_000,
    description:
      'ms for which somebody may begin to use such credentials; a call that goes on is not cut off',
  }),
  turnHost: setting({
    env: 'PARLEY_TURN_HOST',
    schema: text
      .refine(isHostOrAddress, { error: 'must be a host name or an address, without a port' })
      .optional(),
    defaultText: 'the first announced address',
    description:
      'host name by which clients reach the managed TURN server; browsers want that of its certificate',
  }),
  turnPort: setting({
    env: 'PARLEY_TURN_PORT',
    schema: whole(1, 65_535),
    default: 3478,
    description: 'its port, UDP and TCP',
  }),
  turnTlsPort: setting({
    env: 'PARLEY_TURN_TLS_PORT',
    schema: whole(0, 65_535),
    default: 5349,
    description: 'its TCP port for TLS, where there is a certificate; 0: none',
  }),
  turnTlsCert: setting({
    env: 'PARLEY_TURN_TLS_CERT',
    schema: text.optional(),
    defaultText: 'that of the pages',
    description: 'PEM file with its certificate chain, where a proxy in front of this server ends TLS',
  }),
  turnTlsKey: setting({
    env: 'PARLEY_TURN_TLS_KEY',
    schema: text.optional(),
    defaultText: 'that of the pages',
    description: 'PEM file with the private key of that certificate',
  }),
  turnRelayPorts: setting({
    env: 'PARLEY_TURN_RELAY_PORTS',
    schema: portRange,
    default: relayPorts,
    defaultText: relayPorts,
    description:
      'UDP ports from which it sends to the media ports, one for each way on; nobody else needs to reach them',
  }),
} as const;

/** The shortest secret that production accepts, in bytes: clients can try guesses at home. */
const MIN_SECRET_BYTES = 16;

type Values = { readonly [K in keyof typeof turnSettings]: z.output<(typeof turnSettings)[K]['schema']> };

interface Others {
  rtcPort: number;
  workers: number;
  redisUrl: string | undefined;
  pipePorts: { min: number; max: number };
}

/** What does not go together, a line each. */
export function turnProblems(values: Values & Others, production: boolean): string[] {
  const { turn, turnUrls: urls, turnSecret: secret, turnTlsCert, turnTlsKey } = values;
  const problems: string[] = [];
  const lone = (one: string, other: string) => problems.push(`${one}: is of no use without ${other}`);
  if (urls !== undefined && secret === undefined) lone('PARLEY_TURN_URLS', 'PARLEY_TURN_SECRET');
  if (secret !== undefined && urls === undefined && turn === 'off') {
    lone('PARLEY_TURN_SECRET', 'PARLEY_TURN_URLS or PARLEY_TURN=managed');
  }
  if (production && secret !== undefined && Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    problems.push(`PARLEY_TURN_SECRET: must have at least ${MIN_SECRET_BYTES} bytes in production`);
  }
  if (turnTlsCert !== undefined && turnTlsKey === undefined)
    lone('PARLEY_TURN_TLS_CERT', 'PARLEY_TURN_TLS_KEY');
  if (turnTlsKey !== undefined && turnTlsCert === undefined)
    lone('PARLEY_TURN_TLS_KEY', 'PARLEY_TURN_TLS_CERT');
  return turn === 'managed' ? [...problems, ...portProblems(values)] : problems;
}

function portProblems(values: Values & Others): string[] {
  const { turnPort, turnTlsPort, turnRelayPorts: relay, rtcPort, workers, redisUrl, pipePorts } = values;
  const problems: string[] = [];
  const meets = (min: number, max: number): boolean => min <= relay.max && max >= relay.min;
  const media = { min: rtcPort, max: rtcPort + workers - 1 };
  if (turnPort === turnTlsPort) problems.push('PARLEY_TURN_TLS_PORT: is the same as PARLEY_TURN_PORT');
  for (const [name, port] of [
    ['PARLEY_TURN_PORT', turnPort],
    ['PARLEY_TURN_TLS_PORT', turnTlsPort],
  ] as const) {
    if (rtcPort > 0 && port >= media.min && port <= media.max) problems.push(`${name}: is a media port`);
  }
  if (meets(turnPort, turnPort)) problems.push('PARLEY_TURN_RELAY_PORTS: PARLEY_TURN_PORT is one of them');
  if (rtcPort > 0 && meets(media.min, media.max)) {
    problems.push(`PARLEY_TURN_RELAY_PORTS: some are media ports, ${media.min} to ${media.max}`);
  }
  if (redisUrl !== undefined && meets(pipePorts.min, pipePorts.max)) {
    problems.push('PARLEY_TURN_RELAY_PORTS: some are PARLEY_PIPE_PORTS');
  }
  return problems;
}
