import type { Group, Scenario, SubscribePlan, Subscription, VideoPlan } from './scenario.ts';

/** A bot before it exists. */
export interface BotPlan {
  /** The order in which bots join, from 0. */
  index: number;
  /** Unique to the run. */
  room: string;
  /** A name of `Scenario.groups`. */
  group: string;
  /** Counts the members of its group in its room from 1. */
  number: number;
  /** Display name, unique in the run, such as `viewers-2-17`: the 17th of the second room. */
  name: string;
  /** Seeds whatever is random in this bot. */
  seed: number;
  /** ms after the start at which it may begin to join; 0 for all when only `concurrency` bounds the ramp. */
  joinAt: number;
}

/** Turns a scenario into its bots, in the order in which they join. The same input gives the same bots. */
export function planBots(scenario: Scenario, runId: string): BotPlan[] {
  const { rooms, groups, ramp } = scenario;
  const members = groups.flatMap(({ name, count }) =>
    Array.from({ length: count }, (_, index) => ({ group: name, number: index + 1 })),
  );
  const numbers = Array.from({ length: rooms }, (_, index) => index + 1);
  const seats =
    ramp.order === 'rooms'
      ? numbers.flatMap((room) => members.map((member) => ({ ...member, room })))
      : members.flatMap((member) => numbers.map((room) => ({ ...member, room })));
  return seats.map(({ room, group, number }, index) => ({
    index,
    room: roomName(runId, room),
    group,
    number,
    name: botName(group, room, number),
    // Not of the index: a bot stays the same whatever the ramp.
    seed: hash(`${scenario.seed}/${group}/${room}/${number}`),
    joinAt: ramp.rate === undefined ? 0 : Math.floor((index / ramp.rate) * 1000),
  }));
}

/** Display name of another bot in the same room. */
export function memberName(
  plan: Pick<BotPlan, 'name' | 'group' | 'number'>,
  group: string,
  number: number,
): string {
  const room = plan.name.slice(plan.group.length + 1, -(String(plan.number).length + 1));
  return botName(group, room, number);
}

function botName(group: string, room: number | string, number: number): string {
  return `${group}-${room}-${number}`;
}

/** `number` counts from 1. */
export function roomName(runId: string, number: number): string {
  return `load-${runId}-${number}`;
}

/**
 * Deals bots to so many processes: the heaviest first, each to the process with the least to do, and among equals to
 * the one that has the fewest of its room and of its group. Within a process they keep their order.
 */
export function partitionBots(bots: readonly BotPlan[], scenario: Scenario, processes: number): BotPlan[][] {
  const weights = expectedPackets(scenario);
  const weightOf = ({ group }: BotPlan): number => weights.get(group) ?? 0;
  const parts = Array.from({ length: processes }, () => ({
    load: 0,
    bots: [] as BotPlan[],
    rooms: new Map<string, number>(),
    groups: new Map<string, number>(),
  }));
  for (const bot of [...bots].sort((a, b) => weightOf(b) - weightOf(a) || a.index - b.index)) {
    const cost = (part: (typeof parts)[number]): number[] => [
      Math.round(part.load),
      part.rooms.get(bot.room) ?? 0,
      part.groups.get(bot.group) ?? 0,
      part.bots.length,
    ];
    const part = parts.reduce((best, candidate) => (isLess(cost(candidate), cost(best)) ? candidate : best));
    part.load += weightOf(bot);
    part.bots.push(bot);
    part.rooms.set(bot.room, (part.rooms.get(bot.room) ?? 0) + 1);
    part.groups.set(bot.group, (part.groups.get(bot.group) ?? 0) + 1);
  }
  return parts.map(({ bots: own }) => own.sort((a, b) => a.index - b.index));
}

/** RTP packets a second that a bot of each group is expected to send and receive together; a rough estimate. */
export function expectedPackets({ groups }: Pick<Scenario, 'groups'>): Map<string, number> {
  const speakers = countOf(groups, ({ audio }) => audio === 'turns');
  const audioTracks = groups.map((group) => ({ count: audioCount(group), rate: audioRate(group, speakers) }));
  const videoTracks = groups.flatMap(({ count, video, screen }) => [
    ...(video ? [{ count, rate: layerRate(video, video.layers - 1) }] : []),
    ...(screen ? [{ count, rate: SCREEN_RATE }] : []),
  ]);
  return new Map(
    groups.map((group) => {
      const sent =
        audioRate(group, speakers) * (audioCount(group) > 0 ? 1 : 0) +
        sentVideo(group.video) +
        (group.screen ? SCREEN_RATE : 0);
      const { maxSpatialLayer = 2, tiles } = group.subscribe;
      const fitting = tiles ? Math.min(2, Math.max(0, Math.ceil(Math.log2(tiles.height / 180)))) : 2;
      const capped = videoTracks.map(({ count, rate }) => ({
        count,
        rate: Math.min(rate, LAYER_RATE[Math.min(maxSpatialLayer, fitting)] ?? rate),
      }));
      const received =
        take(audioTracks, group.subscribe.audio, audioCount(group) > 0 ? 1 : 0) +
        take(capped, videosOf(group.subscribe), (group.video ? 1 : 0) + (group.screen ? 1 : 0));
      return [group.name, sent + received];
    }),
  );
}

/** Packets a second of Opus with 20 ms a packet, and of one that is silent (DTX, one comfort noise each 400 ms). */
const SPEECH_RATE = 50;
const SILENCE_RATE = 2.5;
/** Packets a second by height, at about 150, 500 and 1500 kbps and 1100 bytes. */
const HEIGHT_RATE: Record<VideoPlan['height'], number> = { 180: 30, 360: 60, 720: 170 };
const LAYER_RATE = [HEIGHT_RATE[180], HEIGHT_RATE[360], HEIGHT_RATE[720]] as const;
const SCREEN_RATE = 120;

function audioCount({ audio, count }: Group): number {
  return audio === 'turns' || audio === 'always' ? count : 0;
}

/** Of those that are subscribed to, as many as are on a page of tiles. */
function videosOf({ video, tiles }: SubscribePlan): Subscription {
  if (!tiles || video === 'none') return video;
  return video === 'all' ? tiles.count : Math.min(video, tiles.count);
}

function audioRate({ audio, publish }: Group, speakers: number): number {
  if (audio === 'always' || (audio === 'turns' && publish?.loudness === 'noise')) return SPEECH_RATE;
  return audio === 'turns' ? SILENCE_RATE + (SPEECH_RATE - SILENCE_RATE) / Math.max(1, speakers) : 0;
}

function countOf(groups: readonly Group[], which: (group: Group) => boolean): number {
  return groups.reduce((sum, group) => sum + (which(group) ? group.count : 0), 0);
}

/** A layer halves the height; no frame takes less than a packet. */
function layerRate({ height, layers, fps }: VideoPlan, layer: number): number {
  const steps = LAYER_RATE.indexOf(HEIGHT_RATE[height]) - (layers - 1 - layer);
  return Math.max(fps, LAYER_RATE[Math.max(0, steps)] ?? 0);
}

function sentVideo(video: VideoPlan | null): number {
  if (!video) return 0;
  return Array.from({ length: video.layers }, (_, layer) => layerRate(video, layer)).reduce(
    (a, b) => a + b,
    0,
  );
}

/** The average track times how many are subscribed to; `own` tracks are not. */
function take(tracks: readonly { count: number; rate: number }[], wanted: Subscription, own: number): number {
  const total = tracks.reduce((sum, { count }) => sum + count, 0);
  const others = Math.max(0, total - own);
  const taken = wanted === 'all' ? others : wanted === 'none' ? 0 : Math.min(wanted, others);
  return total === 0 ? 0 : (taken * tracks.reduce((sum, { count, rate }) => sum + count * rate, 0)) / total;
}

function isLess(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  return Buffer.from(text).reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
