import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { listenAddresses } from './workers/listenAddresses.ts';
import type { Setting } from './setting.ts';
import { settings, type SettingKey, type SettingValues } from './settings.ts';
import { turnProblems } from './turnSettings.ts';

/** Everything that can be set, with defaults filled in. */
export interface Config extends SettingValues {
  readonly production: boolean;
  /** Key and secret were made up for this run, because none were given in development. */
  readonly generatedCredentials: boolean;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Peers get in without a token. */
  readonly open: boolean;
}

/** What was asked on the command line. */
export type Invocation = { show: 'help' | 'version' } | { show: undefined; config: Config };

/** Everything that is wrong with the configuration, a line each. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

export interface ConfigSources {
  argv: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Makes up key and secret in development. */
  makeCredentials: () => { apiKey: string; apiSecret: string };
}

/** Shortest secret that production accepts, in bytes: that of HS256's hash (RFC 7518 section 3.2). */
const MIN_SECRET_BYTES = 32;

/**
 * Reads command line, environment and file, in that order of precedence.
 *
 * @throws ConfigError with every problem at once.
 */
export function loadConfig({ argv, env, makeCredentials }: ConfigSources): Invocation {
  const flags = parseFlags(argv);
  if (flags.help) return { show: 'help' };
  if (flags.version) return { show: 'version' };
  const problems: string[] = [];
  const file = fromFile(flags.config, problems);
  const environment = { ...fromEnvironment(env, problems), ...(flags.https ? { https: true } : {}) };
  const whereIs = (key: SettingKey): string =>
    key in file && !(key in environment) ? `${flags.config ?? ''}: ${key}` : settings[key].env;
  const values = validate({ ...file, ...environment }, whereIs, problems);
  const production = env['NODE_ENV'] === 'production';
  checkTogether(values, production, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  const { apiKey, apiSecret } = values;
  const generatedCredentials = apiKey === undefined || apiSecret === undefined;
  const credentials = generatedCredentials ? makeCredentials() : { apiKey, apiSecret };
  const config: Config = {
    ...values,
    ...credentials,
    production,
    generatedCredentials,
    // Without a key of one's own the server is open: in production only when that was asked for.
    open: values.open ?? generatedCredentials,
  };
  return { show: undefined, config: Object.freeze(config) };
}

function parseFlags(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        config: { type: 'string' },
        https: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new ConfigError([`${(error as Error).message.split('. ')[0] ?? ''} (try --help)`]);
  }
}

type Given = Partial<Record<SettingKey, unknown>>;

/** Variables of the set-up in `scripts/`, which runs before any configuration is read. */
const SETUP_VARIABLES = ['PARLEY_CACHE_DIR'];

const entries = Object.entries(settings) as [SettingKey, Setting][];

function fromEnvironment(env: NodeJS.ProcessEnv, problems: string[]): Given {
  const given: Given = {};
  const byName = new Map<string, SettingKey>(entries.map(([key, { env: name }]) => [name, key]));
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('PARLEY_') || value === undefined || value === '') continue;
    if (SETUP_VARIABLES.includes(name)) continue;
    const key = byName.get(name);
    if (key) given[key] = value;
    else problems.push(unknown(name, [...byName.keys()]));
  }
  return given;
}

function fromFile(file: string | undefined, problems: string[]): Given {
  if (file === undefined) return {};
  let content: unknown;
  try {
    const text = readFileSync(file, 'utf8');
    content = extname(file) === '.json' ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    problems.push(`${file}: ${(error as Error).message.split('\n')[0] ?? ''}`);
    return {};
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    problems.push(`${file}: must be a mapping of settings`);
    return {};
  }
  const given: Given = {};
  for (const [key, value] of Object.entries(content)) {
    if (Object.hasOwn(settings, key)) given[key as SettingKey] = value;
    else problems.push(`${file}: ${unknown(key, Object.keys(settings))}`);
  }
  return given;
}

function validate(given: Given, whereIs: (key: SettingKey) => string, problems: string[]): SettingValues {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of entries) {
    const parsed = setting.schema.safeParse(given[key] ?? setting.default);
    if (parsed.success) {
      values[key] = parsed.data;
    } else {
      const shown = setting.secret ? '' : `, not ${show(given[key])}`;
      const reasons = [...new Set(parsed.error.issues.map(({ message }) => message))].join('; ');
      problems.push(`${whereIs(key)}: ${reasons}${shown}`);
    }
  }
  return values as unknown as SettingValues;
}

/** A value in one line; YAML's anchors can make one that contains itself, which JSON cannot show. */
function show(value: unknown): string {
  const text =
    typeof value === 'object' ? inspect(value, { breakLength: Infinity, depth: 2 }) : JSON.stringify(value);
  return text.slice(0, 200);
}

function checkTogether(values: SettingValues, production: boolean, problems: string[]): void {
  // A value that is wrong by itself is not there to be compared.
  if (problems.length === 0) problems.push(...turnProblems(values, production));
  const { apiKey, apiSecret, open, tlsCert, tlsKey, https, rtcPort, workers, webhookUrls } = values;
  const lone = (a: string, b: string) => problems.push(`${a}: is of no use without ${b}`);
  if (apiKey !== undefined && apiSecret === undefined) lone('PARLEY_API_KEY', 'PARLEY_API_SECRET');
  if (apiSecret !== undefined && apiKey === undefined) lone('PARLEY_API_SECRET', 'PARLEY_API_KEY');
  if (webhookUrls.length > 0 && apiKey === undefined)
    lone('PARLEY_WEBHOOK_URLS', 'PARLEY_API_KEY, with which they are signed');
  if (tlsCert !== undefined && tlsKey === undefined) lone('PARLEY_TLS_CERT', 'PARLEY_TLS_KEY');
  if (tlsKey !== undefined && tlsCert === undefined) lone('PARLEY_TLS_KEY', 'PARLEY_TLS_CERT');
  if (https && tlsCert !== undefined) problems.push('PARLEY_HTTPS: a certificate is given, leave this off');
  if (rtcPort > 0 && rtcPort + workers > 65_536) {
    problems.push(
      `PARLEY_RTC_PORT: ${workers} workers need the ports ${rtcPort} to ${rtcPort + workers - 1}`,
    );
  }
  try {
    listenAddresses(values.announcedAddresses);
  } catch (error) {
    problems.push(`PARLEY_ANNOUNCED_ADDRESS: ${(error as Error).message}`);
  }
  if (!production) return;
  if (apiSecret === undefined) {
    if (open === true) return;
    problems.push(
      'PARLEY_API_SECRET: production needs a key and a secret, or PARLEY_OPEN=true for a server without a lock',
    );
  } else if (Buffer.byteLength(apiSecret) < MIN_SECRET_BYTES) {
    // Also of an open server: its admins come with tokens.
    problems.push(`PARLEY_API_SECRET: must have at least ${MIN_SECRET_BYTES} bytes in production`);
  }
}

function unknown(name: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
  const hint = distance(name, nearest) <= 4 ? `; did you mean ${nearest}?` : ' (try --help)';
  return `${name}: there is no such setting${hint}`;
}

/** Levenshtein's edit distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
