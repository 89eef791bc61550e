import { parseThreshold } from '../results/thresholds.ts';
import type { RampPatch, VideoPatch } from './readings.ts';
import type { GroupFile, ScenarioFile } from './scenarioFile.ts';
import type { AudioActivity, Behaviour, Group, Ramp, Scenario, Subscription, VideoPlan } from './scenario.ts';

/** A scenario that flags may still change: `all` joins at a time are counted only at the end. */
export interface ScenarioDraft extends Omit<Scenario, 'ramp'> {
  ramp: Omit<Ramp, 'concurrency'> & { concurrency: number | 'all' };
}

/** Told what does not fit together, and at which field it was written. */
export type ProblemReporter = (path: readonly (string | number)[], message: string) => void;

/** What a file starts from that extends nothing. */
const blank: ScenarioDraft = {
  name: 'scenario',
  description: '',
  target: 'parley',
  url: null,
  rooms: 1,
  groups: [],
  ramp: { concurrency: 8, order: 'rooms' },
  duration: 30_000,
  thresholds: [],
  incidents: [],
  seed: 1,
};

const DEFAULT_PARTICIPANTS = 4;
/** ms for which a network stays away whose `dropFor` is not given. */
const DEFAULT_DROP = 5000;

/** A layer halves width and height, and below 180 lines there is no clip. */
const MOST_LAYERS: Record<VideoPlan['height'], number> = { 180: 1, 360: 2, 720: 3 };

/**
 * Lays what was written over a base (none: the defaults). A group that the base has under the same name is changed,
 * others are added; what stands at the top of the file holds for all of its groups that do not say otherwise.
 */
export function compileScenario(
  file: ScenarioFile,
  base: ScenarioDraft | null,
  report: ProblemReporter,
): ScenarioDraft {
  const from = base ?? blank;
  const draft: ScenarioDraft = {
    ...from,
    name: file.name ?? from.name,
    description: file.description ?? from.description,
    target: file.target ?? from.target,
    url: file.url ?? from.url,
    ...(file.whepUrl === undefined ? {} : { whepUrl: file.whepUrl }),
    rooms: file.rooms ?? from.rooms,
    duration: file.duration ?? from.duration,
    seed: file.seed ?? from.seed,
    ramp: patchRamp(from.ramp, file.ramp),
    incidents: file.incidents ?? from.incidents,
    groups: compileGroups(file, from.groups, report),
  };
  draft.thresholds = file.thresholds ?? stillMeasured(from.thresholds, draft.groups);
  return draft;
}

/** Counts what was left open. */
export function finishScenario({ ramp, ...draft }: ScenarioDraft): Scenario {
  const concurrency = ramp.concurrency === 'all' ? participantsOf(draft) : ramp.concurrency;
  return { ...draft, ramp: { ...ramp, concurrency } };
}

/** In all rooms together. */
export function participantsOf({ rooms, groups }: Pick<Scenario, 'rooms' | 'groups'>): number {
  return rooms * perRoom(groups);
}

/** Thresholds of a base with others laid over: the same question about the same metric is asked anew. */
export function mergeThresholds(base: readonly string[], over: readonly string[]): string[] {
  const replaced = new Set(over.map(question));
  return [...base.filter((expression) => !replaced.has(question(expression))), ...over];
}

function question(expression: string): string {
  const { metric, statistic, operator } = parseThreshold(expression);
  return `${metric}.${statistic ?? ''}${operator.replace('=', '')}`;
}

function compileGroups(file: ScenarioFile, base: readonly Group[], report: ProblemReporter): Group[] {
  let groups = [...base];
  if (groups.length === 0 && !file.groups) {
    groups = [newGroup({ name: 'participants', count: DEFAULT_PARTICIPANTS })];
  }
  groups = patchAll(groups, file, report);
  const names = new Set<string>();
  let complete = true;
  for (const [index, written] of (file.groups ?? []).entries()) {
    if (names.has(written.name)) report(['groups', index, 'name'], 'is the name of another group too');
    names.add(written.name);
    const at = groups.findIndex(({ name }) => name === written.name);
    const known = groups[at];
    if (!known && written.count === undefined) {
      report(['groups', index, 'count'], 'is missing');
      complete = false;
    }
    const { count = known?.count ?? 0, name } = written;
    const start = known ?? patchGroup(newGroup({ name, count }), file, [], report);
    const group = { ...patchGroup(start, written, ['groups', index], report), count };
    if (known) groups[at] = group;
    else groups.push(group);
  }
  groups = groups.filter(({ count }) => count > 0);
  if (groups.length === 0 && complete) report(['groups'], 'have no participants');
  return file.participants === undefined ? groups : resize(groups, file.participants, report);
}

/** The largest group takes what is more or less, as the viewers of a webinar do. */
function resize(groups: Group[], participants: number, report: ProblemReporter): Group[] {
  const largest = groups.reduce<Group | undefined>(
    (most, group) => (most && most.count >= group.count ? most : group),
    undefined,
  );
  if (!largest) return groups;
  const others = perRoom(groups) - largest.count;
  if (participants <= others) {
    const rest = groups.filter((group) => group !== largest).map(({ name, count }) => `${count} ${name}`);
    report(['participants'], `must be more than ${others} (${rest.join(', ')} and the ${largest.name})`);
  }
  return groups.map((group) => (group === largest ? { ...group, count: participants - others } : group));
}

/** Media changes those groups that have such media already; only if none has, all of them. */
function patchAll(groups: Group[], file: ScenarioFile, report: ProblemReporter): Group[] {
  const some = (has: (group: Group) => boolean): ((group: Group) => boolean) =>
    groups.some(has) ? has : () => true;
  const withAudio = some(({ audio }) => audio !== 'off');
  const withVideo = some(({ video }) => video !== null);
  const hearing = some(({ subscribe }) => subscribe.audio !== 'none');
  const seeing = some(({ subscribe }) => subscribe.video !== 'none');
  return groups.map((group) => {
    const { audio, video, subscribe, screen, publish, network, behaviour } = file;
    const { audio: hears, video: sees, maxSpatialLayer, tiles } = subscribe ?? {};
    return patchGroup(
      group,
      {
        ...(audio !== undefined && withAudio(group) ? { audio } : {}),
        ...(video !== undefined && withVideo(group) ? { video } : {}),
        ...(screen === undefined ? {} : { screen }),
        subscribe: {
          ...(hears !== undefined && hearing(group) ? { audio: hears } : {}),
          ...(sees !== undefined && seeing(group) ? { video: sees } : {}),
          ...(maxSpatialLayer === undefined ? {} : { maxSpatialLayer }),
          ...(tiles !== undefined && seeing(group) ? { tiles } : {}),
        },
        ...(publish ? { publish } : {}),
        ...(network ? { network } : {}),
        ...(behaviour ? { behaviour } : {}),
      },
      [],
      report,
    );
  });
}

function newGroup({ name, count }: Pick<Group, 'name' | 'count'>): Group {
  return {
    name,
    count,
    audio: 'turns',
    video: { codec: 'vp8', layers: 3, height: 720, fps: 30 },
    screen: false,
    subscribe: { audio: 'all', video: 'all' },
    network: {},
    behaviour: {},
  };
}

type Participation = Pick<
  GroupFile,
  'audio' | 'video' | 'screen' | 'publish' | 'subscribe' | 'network' | 'behaviour'
>;

function patchGroup(
  group: Group,
  over: Participation,
  path: readonly (string | number)[],
  report: ProblemReporter,
): Group {
  const { video } = over;
  const behaviour: Behaviour = merge(group.behaviour, over.behaviour);
  if (behaviour.dropNetwork !== undefined) behaviour.dropFor ??= DEFAULT_DROP;
  return {
    ...group,
    audio: over.audio ?? group.audio,
    video: video === undefined ? group.video : patchVideo(group.video, video, [...path, 'video'], report),
    screen: over.screen ?? group.screen,
    ...(group.publish || over.publish ? { publish: merge(group.publish ?? {}, over.publish) } : {}),
    subscribe: merge(group.subscribe, over.subscribe),
    network: merge(group.network, over.network),
    behaviour,
  };
}

function patchVideo(
  base: VideoPlan | null,
  patch: VideoPatch | null,
  path: readonly (string | number)[],
  report: ProblemReporter,
): VideoPlan | null {
  if (patch === null) return null;
  const { codec, height, fps } = { codec: 'vp8', height: 720, fps: 30, ...base, ...patch } as const;
  const most = codec === 'vp9' ? 1 : MOST_LAYERS[height];
  const layers = patch.layers ?? Math.min(base?.layers ?? most, most);
  if (layers > most) {
    const reason = codec === 'vp9' ? 'VP9 is sent without simulcast' : `${height}p has ${most} at most`;
    report([...path, 'layers'], `must be ${most === 1 ? '1' : `1 to ${most}`}: ${reason}`);
  }
  return { codec, layers, height, fps };
}

function patchRamp(base: ScenarioDraft['ramp'], { rate, ...patch }: RampPatch = {}): ScenarioDraft['ramp'] {
  return merge({ ...base, ...patch }, { rate });
}

/** Lays fields over others; null takes one away, undefined leaves it. */
function merge<T extends object>(base: T, over: { [K in keyof T]?: T[K] | null } = {}): T {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else if (value !== undefined) Object.assign(result, { [key]: value });
  }
  return result;
}

/** Without those of a base that could only break, because nobody sends or receives such media any more. */
function stillMeasured(thresholds: readonly string[], groups: readonly Group[]): string[] {
  const flows = (sends: (group: Group) => boolean, wanted: (group: Group) => Subscription): boolean =>
    groups.some(sends) && groups.some((group) => wanted(group) !== 'none' && wanted(group) !== 0);
  const speaks = (activity: AudioActivity): boolean => activity === 'turns' || activity === 'always';
  const audio = flows(
    (group) => speaks(group.audio),
    (group) => group.subscribe.audio,
  );
  const video = flows(
    (group) => group.video !== null || group.screen,
    (group) => group.subscribe.video,
  );
  return thresholds.filter((expression) => {
    const { metric } = parseThreshold(expression);
    if (/^(join\.)?audio\b/.test(metric)) return audio;
    return /^(join\.)?video\b/.test(metric) ? video : true;
  });
}

function perRoom(groups: readonly Pick<Group, 'count'>[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
