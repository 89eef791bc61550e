import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../test/support/processes.ts';
import { RedisServer } from '../test/support/redisServer.ts';
import { arrive, quantile, type Arrival } from './cluster/arrivals.ts';
import { Guest } from './cluster/Guest.ts';
import { NodePair, type Share } from './cluster/NodePair.ts';
import { callsBetween, redisPid, redisWork, type RedisCalls } from './cluster/redisWork.ts';
import { prefer } from './ownMachine.ts';
import { keep, median, printGoal, printTable } from './forwarding/results.ts';

/*
 * 5,000 people without media in 1,000 rooms of two nodes, two or three of each room's five on each node, come at a fixed
 * rate: how long a join takes, how long until the others know, and what nodes and Redis spend on it. The generator,
 * both nodes and Redis share this machine.
 *
 * `npm run bench:cluster -- [rounds] [joins a second]`; two rounds of 50 joins a second unless told otherwise.
 */

const ROOMS = 1000;
const PEOPLE = 5000;
const NODES = 2;
/** People who come and go before anything is measured, so that code is compiled and pools are filled. */
const WARM_UP = 500;
const WARM_UP_ROOMS = 100;
/** Goodbyes a second. */
const LEAVING = 200;
/**
 * ms after which V8 has tidied up, and for which nodes and Redis are then watched while nothing happens: as long as it
 * takes a node to renew all of its rooms once.
 */
const TIDY = 10_000;
const REST = 30_000;
/** ms until everybody must have heard of everybody. */
const HEARD_WITHIN = 30_000;

interface Figures {
  arrival: Arrival;
  /** ms. */
  join: { p50: number; p95: number; p99: number; max: number };
  /** ms from the answer to a join until another peer of the room had heard of it: on the same node, on the other one. */
  heard: { same: { p50: number; p95: number }; across: { p50: number; p95: number } };
  /** ms of CPU for a join, both nodes together, without what those cost who are in. */
  cpuPerJoin: Share & { redis: number };
  /** Bytes of resident memory for a peer with its fifth of a room. */
  memoryPerPeer: Share;
  /** Commands for a join, those that the nodes send all the time left out. */
  commandsPerJoin: { sent: number; all: number; byCommand: Record<string, number> };
  /** A second, with nobody there, and with everybody there and nothing happening. */
  resting: { empty: Rest; full: Rest };
  /** Bytes in Redis: of the empty cluster, and with everybody there. */
  redisMemory: { empty: number; full: number };
  /** Whether the generator kept up; else it does not count. */
  valid: boolean;
}

interface Rest {
  /** Commands a second. */
  sent: number;
  all: number;
  /** Cores. */
  redis: number;
  control: number;
  workers: number;
  /** Bytes of resident memory, the lowest of that time. */
  memory: Share;
}

const rounds = Number(process.argv[3] ?? 2);
const rate = Number(process.argv[4] ?? 50);
const figures: Figures[] = [];
for (let round = 0; round < rounds; round++) figures.push(await once());

const rows: [string, (one: Figures) => string][] = [
  ['join ms, p50', (one) => one.join.p50.toFixed(1)],
  ['join ms, p95', (one) => one.join.p95.toFixed(1)],
  ['join ms, p99', (one) => one.join.p99.toFixed(1)],
  ['join ms, max', (one) => one.join.max.toFixed(0)],
  ['most joins under way', (one) => String(one.arrival.mostUnderWay)],
  ['heard of on the same node ms, p50', (one) => one.heard.same.p50.toFixed(1)],
  ['heard of on the same node ms, p95', (one) => one.heard.same.p95.toFixed(1)],
  ['heard of on the other node ms, p50', (one) => one.heard.across.p50.toFixed(1)],
  ['heard of on the other node ms, p95', (one) => one.heard.across.p95.toFixed(1)],
  ['CPU of a join ms, control planes', (one) => one.cpuPerJoin.control.toFixed(2)],
  ['CPU of a join ms, media workers', (one) => one.cpuPerJoin.workers.toFixed(2)],
  ['CPU of a join ms, Redis', (one) => one.cpuPerJoin.redis.toFixed(3)],
  ['memory of a peer kB, control plane', (one) => (one.memoryPerPeer.control / 1000).toFixed(1)],
  ['memory of a peer kB, media worker', (one) => (one.memoryPerPeer.workers / 1000).toFixed(1)],
  ['Redis commands of a join, sent', (one) => one.commandsPerJoin.sent.toFixed(2)],
  ['Redis commands of a join, with those of scripts', (one) => one.commandsPerJoin.all.toFixed(1)],
  ['Redis commands/s at rest, sent (all)', (one) => rest(one.resting.full)],
  ['the same of empty nodes', (one) => rest(one.resting.empty)],
  ['cores at rest, control planes', (one) => one.resting.full.control.toFixed(3)],
  ['Redis memory MB, empty nodes', (one) => (one.redisMemory.empty / 1e6).toFixed(2)],
  ['Redis memory MB, full', (one) => (one.redisMemory.full / 1e6).toFixed(2)],
  ['generator busy %, p95', (one) => (one.arrival.loop * 100).toFixed(0)],
  ['generator stood still ms, max', (one) => one.arrival.delay.toFixed(0)],
  ['started late ms, p99', (one) => one.arrival.startedLate.toFixed(0)],
];
printTable(
  ['', ...figures.map((_, index) => `round ${index + 1}`)],
  rows.map(([name, show]) => [name, ...figures.map(show)]),
);
for (const [index, { arrival }] of figures.entries())
  for (const reason of arrival.invalid) console.log(`round ${index + 1} does not count: ${reason}`);
const valid = figures.filter((one) => one.valid);
const joinP95 = valid.length === 0 ? null : median(valid.map(({ join }) => join.p95));
const mostUnderWay = Math.max(0, ...valid.map(({ arrival }) => arrival.mostUnderWay));
// A queue that grows all the time would be as long as the joins of many seconds.
const isSustained = valid.length > 0 && mostUnderWay <= rate;
if (joinP95 === null) console.log('no round counts: how long a join takes is not known');
else {
  printGoal(
    'most joins under way at a time',
    String(mostUnderWay),
    `${rate}, those of a second`,
    isSustained,
  );
  console.log(`join p95 at ${rate} a second: ${joinP95.toFixed(1)} ms`);
}
keep('cluster', {
  rounds,
  rooms: ROOMS,
  people: PEOPLE,
  nodes: NODES,
  rate,
  joinP95,
  isSustained,
  runs: figures,
});
process.exit(0);

async function once(): Promise<Figures> {
  const redis = await RedisServer.start();
  let nodes: NodePair | undefined;
  try {
    prefer(process.pid, await redisPid(redis));
    nodes = await NodePair.start(redis, {
      PARLEY_MAX_ROOMS: String(ROOMS),
      PARLEY_MAX_PEERS: String(PEOPLE),
      PARLEY_EMPTY_ROOM_GRACE: '2000',
    });
    const found = await measure(redis, nodes);
    await nodes.stop();
    await onlyExpiring(redis);
    return found;
  } finally {
    nodes?.kill();
    await redis.close();
  }
}

async function measure(redis: RedisServer, nodes: NodePair): Promise<Figures> {
  const enter = (guest: Guest): Promise<void> => guest.enter(nodes.url(guest.node));
  const leave = (guest: Guest): Promise<void> => guest.leave();
  const first = guests(WARM_UP, WARM_UP_ROOMS, 'warm-up');
  await arrive(first, rate, enter);
  await arrive(first, LEAVING, leave);
  await nodes.isEmpty();
  const empty = await atRest(redis, nodes);

  const people = guests(PEOPLE, ROOMS, 'room');
  const [redisBefore, cpuBefore] = [await redisWork(redis), nodes.cpu()];
  const arrival = await arrive(people, rate, enter);
  await until('everybody has heard of everybody', () => heardOfAll(people), HEARD_WITHIN);
  const [redisAfter, cpuAfter] = [await redisWork(redis), nodes.cpu()];
  for (const { rooms, peers } of await nodes.counts())
    if (rooms !== ROOMS || peers !== PEOPLE / NODES)
      throw new Error(`a node has ${rooms} rooms, ${peers} peers`);
  const full = await atRest(redis, nodes);
  const redisMemory = { empty: redisBefore.memory, full: (await redisWork(redis)).memory };

  await arrive(people, LEAVING, leave);
  await nodes.isEmpty();
  await onlyExpiring(redis);

  const calls = callsBetween(redisBefore, redisAfter);
  // Half of them were there on average.
  const joining = (cpu: number, part: 'control' | 'workers' | 'redis'): number =>
    ((cpu - (calls.seconds * (empty[part] + full[part])) / 2) * 1000) / PEOPLE;
  const joins = people.map(({ joinTook }) => joinTook);
  const one: Figures = {
    arrival,
    join: {
      p50: quantile(joins, 0.5),
      p95: quantile(joins, 0.95),
      p99: quantile(joins, 0.99),
      max: quantile(joins, 1),
    },
    heard: { same: heardAfter(people, true), across: heardAfter(people, false) },
    cpuPerJoin: {
      control: joining(cpuAfter.control - cpuBefore.control, 'control'),
      workers: joining(cpuAfter.workers - cpuBefore.workers, 'workers'),
      redis: joining(calls.cpu, 'redis'),
    },
    memoryPerPeer: {
      control: (full.memory.control - empty.memory.control) / PEOPLE,
      workers: (full.memory.workers - empty.memory.workers) / PEOPLE,
    },
    commandsPerJoin: {
      sent: (calls.sent - empty.sent * calls.seconds) / PEOPLE,
      all: (calls.all - empty.all * calls.seconds) / PEOPLE,
      byCommand: perPerson(calls),
    },
    resting: { empty, full },
    redisMemory,
    valid: arrival.invalid.length === 0,
  };
  console.log(
    `${PEOPLE} people in ${ROOMS} rooms of ${NODES} nodes, ${rate} joins a second: p95 ${one.join.p95.toFixed(1)} ms`,
  );
  return one;
}

/** As many of each room on each node as can be. */
function guests(count: number, rooms: number, prefix: string): Guest[] {
  return Array.from({ length: count }, (_, index) => {
    const [room, seat] = [index % rooms, Math.floor(index / rooms)];
    return new Guest(`${prefix}-${room}`, (room + seat) % NODES);
  });
}

function heardOfAll(people: readonly Guest[]): boolean {
  return people.every(({ known }) => known === PEOPLE / ROOMS - 1);
}

function heardAfter(people: readonly Guest[], onSameNode: boolean): { p50: number; p95: number } {
  const byId = new Map(people.map((guest) => [guest.peerId, guest]));
  const times = people.flatMap(({ node, peerId: own, joinedAt, heard }) =>
    [...heard].flatMap(([peerId, at]) => {
      const other = byId.get(peerId);
      // Who was in the snapshot was not heard of; and facts may overtake the answer.
      if (!other || peerId === own || Number.isNaN(at) || (other.node === node) !== onSameNode) return [];
      return Math.max(0, at - Math.max(joinedAt, other.joinedAt));
    }),
  );
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}

async function atRest(redis: RedisServer, nodes: NodePair): Promise<Rest> {
  await sleep(TIDY);
  const [before, cpuBefore] = [await redisWork(redis), nodes.cpu()];
  const memory = await nodes.lowestMemory(REST);
  const [after, cpuAfter] = [await redisWork(redis), nodes.cpu()];
  const { sent, all, cpu, seconds } = callsBetween(before, after);
  return {
    sent: sent / seconds,
    all: all / seconds,
    redis: cpu / seconds,
    control: (cpuAfter.control - cpuBefore.control) / seconds,
    workers: (cpuAfter.workers - cpuBefore.workers) / seconds,
    memory,
  };
}

function perPerson({ byCommand }: RedisCalls): Record<string, number> {
  return Object.fromEntries(
    Object.entries(byCommand).map(([command, count]) => [command, Number((count / PEOPLE).toFixed(3))]),
  );
}

/** @throws Error when Redis has a room, or a key for ever. */
async function onlyExpiring(redis: RedisServer): Promise<void> {
  const wrong = [...(await redis.keys())].filter(
    ([key, ttl]) =>
      // Events and definitions are there to stay; they are bounded by their number.
      (ttl === -1 && !key.startsWith('parley:store:')) || key.startsWith('parley:room:'),
  );
  if (wrong.length > 0) throw new Error(`left in Redis: ${wrong.map(([key]) => key).join(', ')}`);
}

function rest({ sent, all }: Rest): string {
  return `${sent.toFixed(1)} (${all.toFixed(1)})`;
}
