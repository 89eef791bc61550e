import { existsSync } from 'node:fs';
import { badRequest } from '../../src/support/errors.ts';
import { formatDuration } from '../results/format.ts';
import {
  compileScenario,
  finishScenario,
  participantsOf,
  type ScenarioDraft,
} from '../scenario/compileScenario.ts';
import { isWhip, whipProblems } from '../targets/whip/whipProblems.ts';
import { namedScenario, withFlags } from './chooseScenario.ts';
import { whereIs, type Names } from './localHost.ts';
import { longName, readRunFlags, type HostPort, type RunFlagValues } from './runFlags.ts';
import type { Access, LimitPlan, RunOptions } from './runOptions.ts';

type Report = (problem: string) => void;

/** Where a search ends that was not told. */
const DEFAULT_MOST = 1000;

/**
 * Makes the options of a run of what commander found.
 *
 * @throws ParleyError `badRequest` with every problem at once, or when the server is not this machine's and nobody
 *   said `--yes`.
 */
export async function resolveRun(
  raw: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
  names: Names,
): Promise<RunOptions> {
  const problems: string[] = [];
  const report: Report = (problem) => void problems.push(problem);
  const flags = readRunFlags(raw, report);
  const draft = withFlags(namedScenario(flags), flags, report);
  const start = flags.start ?? false;
  if (start) draft.url = null;
  checkServer(draft, flags, report);
  const findLimit = limitPlan(draft, flags, report);
  const agentsKey = flags.agentsKey ?? env['LOADTEST_AGENTS_KEY'] ?? null;
  const agents = flags.agents ?? [];
  if (agents.length > 0 && !agentsKey) report('--agents: needs --agents-key, or LOADTEST_AGENTS_KEY');
  if (flags.canary && draft.target !== 'parley') report(`--canary: ${draft.target} has no page for browsers`);
  if (agents.length > 0) {
    for (const name of ['videoClip', 'audioClip'] as const)
      if (flags[name] !== undefined) report(`${longName(name)}: agents have the built-in clips alone`);
  }
  const access = accessOf(flags, env, report);
  for (const name of ['videoClip', 'audioClip'] as const) {
    const file = flags[name];
    if (file !== undefined && !existsSync(file)) report(`there is no file ${file}`);
  }
  stopAt(problems);
  const options: RunOptions = {
    scenario: finishScenario(draft),
    start,
    forwarding: {
      ...(flags.policies === false ? { policies: false as const } : {}),
      ...(flags.loudest === undefined ? {} : { loudest: flags.loudest }),
      ...(flags.lastN === undefined ? {} : { lastN: flags.lastN }),
    },
    findLimit,
    processes: flags.processes ?? null,
    agents,
    agentsKey,
    canaries: flags.canary ?? 0,
    access,
    videoClip: flags.videoClip ?? null,
    audioClip: flags.audioClip ?? null,
    out: flags.out ?? null,
    json: flags.json ?? false,
    live: flags.live ?? true,
    quiet: flags.quiet ?? false,
  };
  const { url, whepUrl } = draft;
  if (url === null) await checkAgents(agents, 'the server of --start', names);
  else await checkHosts('url', url, options, flags.yes ?? false, names);
  if (whepUrl !== undefined) await checkHosts('whepUrl', whepUrl, options, flags.yes ?? false, names);
  return options;
}

/** One problem is the message itself; more are its details. */
function stopAt(problems: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw badRequest(first);
  throw badRequest(`${problems.length} problems`, { details: [...problems] });
}

function checkServer(draft: ScenarioDraft, flags: RunFlagValues, report: Report): void {
  const { url, whepUrl, name, target, incidents } = draft;
  if (flags.start && flags.url !== undefined) report('--url and --start exclude each other');
  for (const flag of ['loudest', 'lastN', 'policies'] as const) {
    if (flags[flag] === undefined || flags[flag] === true) continue;
    if (!flags.start) report(`${longName(flag)}: needs --start`);
    else if (target !== 'parley') report(`${longName(flag)}: ${target} has no such policy`);
  }
  if (!flags.start && url === null) {
    report('no server is named: give --url http://localhost:3000, or --start for one of this machine’s own');
  }
  if (isWhip(target)) {
    for (const problem of whipProblems(draft)) report(problem);
    if (flags.start) report(`--start: there is no server of ${target} to start, give --url`);
  } else if (whepUrl !== undefined) report('--whep-url: is for --target whip');
  if (url !== null && !isWhip(target)) {
    const schemes = target === 'janus' ? ['http:', 'https:', 'ws:', 'wss:'] : ['http:', 'https:'];
    if (!URL.canParse(url) || !schemes.includes(new URL(url).protocol) || new URL(url).hostname === '') {
      report(`--url: "${url}" is no URL such as http://localhost:3000`);
    }
  }
  const needing = incidents.find(({ do: what }) => what === 'killWorker');
  if (needing && !flags.start) {
    report(`${name}: ${needing.do} needs a server that the tool started itself (--start)`);
  }
}

function limitPlan(draft: ScenarioDraft, flags: RunFlagValues, report: Report): LimitPlan | null {
  const what = flags.findLimit;
  if (what === undefined) {
    for (const name of ['from', 'to', 'step'] as const) {
      if (flags[name] !== undefined) report(`--${name}: needs --find-limit`);
    }
    return null;
  }
  const counts = draft.groups.map(({ count }) => count);
  const others = counts.reduce((sum, count) => sum + count, 0) - Math.max(0, ...counts);
  const least = what === 'rooms' ? 1 : others + 1;
  const from = flags.from ?? (what === 'rooms' ? 1 : Math.max(2, least));
  const { to = Math.max(from, DEFAULT_MOST), step = Math.max(1, Math.floor(from / 2)) } = flags;
  if (from > to) report(`--from: must not be more than --to (${to})`);
  if (from < least) report(`--from: must be ${least} at least, so that each group has somebody`);
  const scenarioFor = (n: number) => finishScenario(compileScenario({ [what]: n }, draft, () => undefined));
  return { what, from, to, step, scenarioFor };
}

function accessOf(flags: RunFlagValues, env: NodeJS.ProcessEnv, report: Report): Access | null {
  const { token } = flags;
  if (token !== undefined) {
    if (flags.apiKey !== undefined || flags.apiSecret !== undefined) {
      report('--token excludes --api-key and --api-secret');
    }
    return { token };
  }
  const apiKey = flags.apiKey ?? env['PARLEY_API_KEY'];
  const apiSecret = flags.apiSecret ?? env['PARLEY_API_SECRET'];
  if (apiKey && apiSecret) return { apiKey, apiSecret };
  if (apiKey) report('--api-key: needs --api-secret, or PARLEY_API_SECRET');
  if (apiSecret) report('--api-secret: needs --api-key, or PARLEY_API_KEY');
  return null;
}

async function checkHosts(
  flag: 'url' | 'whepUrl',
  url: string,
  options: RunOptions,
  yes: boolean,
  names: Names,
): Promise<void> {
  const { hostname } = new URL(url);
  const where = await whereIs(hostname, names);
  if (where === 'unknown') throw badRequest(`${longName(flag)}: ${hostname} has no address`);
  if (where === 'loopback') await checkAgents(options.agents, hostname, names);
  if (where !== 'elsewhere' || yes) return;
  throw badRequest(`${url} is not this machine: ${load(options)}. Add --yes if you may load it.`);
}

/** On another machine, a loopback address would be that machine, which nobody asked to load. */
async function checkAgents(agents: readonly HostPort[], server: string, names: Names): Promise<void> {
  for (const { host } of agents) {
    if ((await whereIs(host, names)) === 'loopback') continue;
    throw badRequest(
      `--agents: ${server} has a loopback address, which for the agent ${host} is that machine itself; ` +
        'give --url with an address that both reach',
    );
  }
}

function load({ scenario, findLimit }: RunOptions): string {
  const { name, duration } = scenario;
  const most = findLimit ? findLimit.scenarioFor(findLimit.to) : scenario;
  const people = `${findLimit ? 'up to ' : ''}${count(participantsOf(most), 'participant')}`;
  const time = formatDuration(duration);
  return `${people} in ${count(most.rooms, 'room')} would load it for ${time}${findLimit ? ' each time' : ''} (${name})`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
