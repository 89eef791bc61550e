import { setTimeout as wait } from 'node:timers/promises';
import { ParleyError } from '../../src/support/errors.ts';
import { cutOff, type NodeName } from './ground.ts';
import type { Missed } from './Crowd.ts';
import type { Trial } from './Trial.ts';

/** How long something took, or that it never came to that. */
export interface Finding {
  what: string;
  /** ms; null: never. */
  took: number | null;
  /** ms at most. */
  goal: number;
  /** What was answered, or what is amiss. */
  remark?: string;
}

/** What a fault did, as of some seconds after it. */
export interface Struck {
  /** When (ms of `performance.now()`). */
  at: number;
  /** Bots whose media, or place, had to be made anew. */
  hit: ReadonlySet<string>;
  /** Whether one of the two was hit, or the way between them is gone for a time. */
  isApart: (missed: Missed) => boolean;
  /** Whether the way between two who were not hit led over what is dead. */
  isDetour?: (missed: Missed) => boolean;
  findings: Finding[];
}

export interface Fault {
  name: string;
  /** Whether hosts must be hosts. */
  needsNetwork?: boolean;
  strike(trial: Trial): Promise<Struck>;
}

/** ms: goals of the issue. */
const GONE = 5000;
const HEALED = 1000;
/** An answer that comes at once, and a join that is no different from others. */
const AT_ONCE = 500;
const JOINED = 2000;
/** ms for which is measured after a fault, and until what does not come is given up. */
const AFTER = 8000;
const PATIENCE = 20_000;

const STRICKEN: NodeName = 'north';

export const faults: readonly Fault[] = [
  { name: 'nothing', strike: nothing },
  { name: 'SIGKILL of a worker', strike: killWorker },
  { name: 'SIGKILL of a node', strike: killNode },
  { name: 'SIGKILL of Redis, 3 s', strike: (trial) => killRedis(trial, 3000) },
  { name: 'SIGKILL of Redis, 30 s', strike: (trial) => killRedis(trial, 30_000) },
  { name: 'FLUSHALL', strike: flush },
  { name: 'a node cut off, 10 s', needsNetwork: true, strike: isolate },
];

const nobody: ReadonlySet<string> = new Set();

async function nothing(): Promise<Struck> {
  const at = performance.now();
  await wait(AFTER);
  return { at, hit: nobody, isApart: () => false, findings: [] };
}

async function killWorker(trial: Trial): Promise<Struck> {
  const worker = [...trial.seats.values()].find(({ node }) => node === STRICKEN)?.worker ?? 0;
  const { workers } = await trial.cluster.state(STRICKEN);
  const pid = workers[worker]?.pid;
  if (pid === undefined) throw new Error('there is no such worker');
  const hit = trial.botsOn(STRICKEN, worker);
  const at = performance.now();
  process.kill(pid, 'SIGKILL');
  await wait(AFTER);
  // A track of another node comes in on one worker and goes from there to the node's others.
  const beside = trial.botsOn(STRICKEN);
  const isDetour = ({ subscriber, publisher }: Missed): boolean =>
    beside.has(subscriber) && !beside.has(publisher);
  return { at, hit, isApart: between(hit), isDetour, findings: [] };
}

async function killNode(trial: Trial): Promise<Struck> {
  const hit = trial.botsOn(STRICKEN);
  const witness = trial.witness('south');
  const before = [...witness.peers].filter(([, name]) => hit.has(name) || name === `witness-${STRICKEN}`);
  trial.isGone(trial.witness(STRICKEN));
  trial.witness(STRICKEN).close();
  const at = performance.now();
  trial.cluster.node(STRICKEN).signal('SIGKILL');
  const gone = await found('its peers are gone for the others', GONE, at, trial, () =>
    before.filter(([peerId]) => witness.peers.has(peerId)).map(([, name]) => `${name} is there`),
  );
  await wait(AFTER);
  return { at, hit, isApart: between(hit), findings: [gone] };
}

async function killRedis(trial: Trial, ms: number): Promise<Struck> {
  const { cluster, crowd, decoy } = trial;
  const north = trial.witness('north');
  const findings: Finding[] = [];
  const at = performance.now();
  await cluster.redis.kill();
  // One that is on its way when it happens, and one that is asked in the outage.
  findings.push(
    await refusal(
      north.request('removePeer', { peerId: decoy.peerId }),
      'a request to another node, as Redis dies',
    ),
  );
  await wait(ms / 2);
  findings.push(
    await refusal(
      north.request('removePeer', { peerId: decoy.peerId }),
      'a request to another node, without Redis',
    ),
  );
  await north.request('sendChat', { text: 'in the outage' });
  const newcomer = await crowd.join().catch((error: unknown) => String(error));
  findings.push(
    typeof newcomer === 'string'
      ? { what: 'somebody joins without Redis', took: null, goal: JOINED, remark: newcomer }
      : { what: 'somebody joins without Redis', took: newcomer.took, goal: JOINED },
  );
  await wait(Math.max(0, at + ms - performance.now()));
  const backAt = performance.now();
  await cluster.redis.restart();
  findings.push(...(await healing(trial, backAt)));
  await wait(Math.max(0, backAt + AFTER - performance.now()));
  const joined = typeof newcomer === 'string' ? nobody : new Set([newcomer.name]);
  return { at, hit: nobody, isApart: between(joined), findings };
}

/** From the start of Redis until what was said without it is heard, requests cross again, and everything is right. */
async function healing(trial: Trial, backAt: number): Promise<Finding[]> {
  const { decoy } = trial;
  const [north, south, east] = [trial.witness('north'), trial.witness('south'), trial.witness('east')];
  const listeners = [south, east];
  const heard = found('what was said in the outage is heard', HEALED, backAt, trial, () =>
    listeners
      .filter((one) => one.heard('in the outage') === undefined)
      .map(({ name }) => `${name} did not hear it`),
  );
  const asked = crossing(north, decoy.peerId, backAt).then((finding) => {
    if (finding.took !== null) trial.isGone(decoy);
    return finding;
  });
  const people = found('everybody sees everybody', HEALED, backAt, trial, () => trial.mistaken());
  const plays = found('everybody plays everybody', HEALED, backAt, trial, () => trial.crowd.still());
  return Promise.all([heard, asked, people, plays]);
}

/** A request to another node, again and again until it is answered. */
async function crossing(north: Asker, peerId: string, since: number): Promise<Finding> {
  const what = 'a request to another node is answered';
  let last = '';
  while (performance.now() - since < AFTER) {
    try {
      await north.request('removePeer', { peerId });
      return { what, took: performance.now() - since, goal: HEALED };
    } catch (error) {
      last = String(error);
      await wait(20);
    }
  }
  return { what, took: null, goal: HEALED, remark: last };
}

interface Asker {
  request(name: 'removePeer', payload: { peerId: string }): Promise<unknown>;
}

async function flush(trial: Trial): Promise<Struck> {
  const at = performance.now();
  await trial.cluster.redis.flush();
  await trial.witness('north').request('sendChat', { text: 'in the outage' });
  const findings = await healing(trial, at);
  await wait(Math.max(0, at + AFTER - performance.now()));
  return { at, hit: nobody, isApart: () => false, findings };
}

async function isolate(trial: Trial): Promise<Struck> {
  const { ground } = trial;
  if (!ground) throw new Error('this takes hosts');
  const hit = trial.botsOn(STRICKEN);
  const [inside, outside] = [trial.witness(STRICKEN), trial.witness('south')];
  const isInside = (name: string): boolean => hit.has(name) || name === inside.name;
  const at = performance.now();
  await cutOff(ground[STRICKEN], [ground.redis, ground.south, ground.east]);
  const gone = await found('its peers are gone for the others', GONE, at, trial, () =>
    outside.names.filter(isInside),
  );
  await wait(Math.max(0, at + 10_000 - performance.now()));
  const inTouch = inside.names.filter(isInside).length === hit.size + 1;
  const healedAt = performance.now();
  await cutOff(ground[STRICKEN], null);
  const people = await found('everybody sees everybody', GONE, healedAt, trial, () => trial.mistaken());
  await wait(Math.max(0, healedAt + AFTER - performance.now()));
  const findings = [gone, people];
  if (!inTouch) findings.push({ what: 'its own peers stay', took: null, goal: 0 });
  // Those inside have one another all the time, and so have those outside.
  const isApart = ({ subscriber, publisher }: Missed): boolean => hit.has(subscriber) !== hit.has(publisher);
  return { at: healedAt, hit, isApart, findings };
}

/** Whatever one of these sends or gets is not there all the time. */
function between(hit: ReadonlySet<string>): Struck['isApart'] {
  return ({ subscriber, publisher }) => hit.has(subscriber) || hit.has(publisher);
}

/** How long it took since a moment until nothing was amiss. */
async function found(
  what: string,
  goal: number,
  since: number,
  trial: Trial,
  amiss: () => readonly string[],
): Promise<Finding> {
  try {
    await trial.until(what, amiss, PATIENCE);
    return { what, took: performance.now() - since, goal };
  } catch (error) {
    return { what, took: null, goal, remark: (error as Error).message };
  }
}

/** How soon a request is refused, with a code that says that it is worth trying again. */
async function refusal(request: Promise<unknown>, what: string): Promise<Finding> {
  const startedAt = performance.now();
  const answer = await request.then(
    () => 'ok',
    (error: unknown) => (error instanceof ParleyError ? error.code : String(error)),
  );
  const isRetryable = answer === 'unavailable' || answer === 'timeout';
  const took = isRetryable ? performance.now() - startedAt : null;
  return { what, took, goal: AT_ONCE, remark: answer };
}
