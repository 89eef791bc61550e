import { existsSync, readFileSync } from 'node:fs';
import { badRequest } from '../../src/support/errors.ts';
import { didYouMean } from '../nearest.ts';
import { parseThreshold } from '../results/thresholds.ts';
import { builtinNames } from '../scenario/builtins.ts';
import { compileScenario, mergeThresholds, type ScenarioDraft } from '../scenario/compileScenario.ts';
import { readBuiltin, readScenario } from '../scenario/readScenario.ts';
import type { GroupFile, ScenarioFile } from '../scenario/scenarioFile.ts';
import { longName, type RunFlagValues } from './runFlags.ts';

/**
 * The scenario that was named, as it is without flags.
 *
 * @throws ParleyError `badRequest` for a file that is wrong or a name that nothing has.
 */
export function namedScenario({ scenario, publishers, viewers }: RunFlagValues): ScenarioDraft {
  const webinar = publishers !== undefined || viewers !== undefined;
  const name = scenario ?? (webinar ? 'webinar' : 'conference');
  const names = builtinNames();
  if (names.includes(name)) return readBuiltin(name);
  if (existsSync(name)) return readScenario(textOf(name), name);
  throw badRequest(
    /[/\\.]/.test(name)
      ? `--scenario: there is no file ${name}`
      : `--scenario: there is no scenario ${name}${didYouMean(name, names)}; there are ${names.join(', ')}`,
  );
}

/** Lays the flags over the scenario; `report` is told what does not fit. */
export function withFlags(
  base: ScenarioDraft,
  flags: RunFlagValues,
  report: (problem: string) => void,
): ScenarioDraft {
  const groups: GroupFile[] = [];
  for (const name of ['publishers', 'viewers'] as const) {
    const count = flags[name];
    if (count === undefined) continue;
    if (base.groups.some((group) => group.name === name)) groups.push({ name, count });
    else report(`${longName(name)}: ${base.name} has no group of that name, as webinar has`);
  }
  const { layers } = flags;
  let { video } = flags;
  if (layers !== undefined) {
    const sends = video === undefined ? base.groups.some((group) => group.video) : video !== null;
    if (sends) video = { ...video, layers };
    else report('--layers: nobody sends video');
  }
  const publish = { ...pick(flags, ['loudness']), ...(flags.dynacast === false ? { dynacast: false } : {}) };
  const over: ScenarioFile = {
    ...pick(flags, ['url', 'whepUrl', 'target', 'rooms', 'participants', 'duration', 'audio', 'seed']),
    ...(groups.length > 0 ? { groups } : {}),
    ...(video === undefined ? {} : { video }),
    subscribe: {
      ...(flags.subscribeVideo === undefined ? {} : { video: flags.subscribeVideo }),
      ...pick(flags, ['tiles']),
    },
    ...(Object.keys(publish).length > 0 ? { publish } : {}),
    network: pick(flags, ['loss', 'downlink']),
    ramp: { ...flags.ramp, ...pick(flags, ['concurrency']) },
  };
  const draft = compileScenario(over, base, (path, message) => {
    const flag = path.includes('layers') && layers !== undefined ? 'layers' : String(path[0]);
    report(`${longName(flag)}: ${message}`);
  });
  draft.thresholds = thresholds(draft.thresholds, flags.threshold ?? [], report);
  return draft;
}

function thresholds(
  base: readonly string[],
  written: readonly string[],
  report: (problem: string) => void,
): string[] {
  const own: string[] = [];
  for (const expression of written) {
    if (expression === 'none') continue;
    try {
      own.push(parseThreshold(expression).expression);
    } catch (error) {
      report(`--threshold: ${(error as Error).message}`);
    }
  }
  return mergeThresholds(written.includes('none') ? [] : base, own);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw badRequest(`--scenario: ${(error as Error).message}`, { cause: error });
  }
}

/** Only what was given, so that nothing is laid over by what was not. */
function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(
    keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]),
  ) as Pick<T, K>;
}
