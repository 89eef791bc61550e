import { setTimeout as wait } from 'node:timers/promises';

import { tokenFor } from '../cores/operator.ts';
import { Crowd, people, type Changes, type Missed } from '../faults/Crowd.ts';
import { type Ground, type NodeName } from '../faults/ground.ts';
import { TrialCluster, type Seat } from '../faults/TrialCluster.ts';
import { Witness } from '../faults/Witness.ts';
import { group } from '../forwarding/underLoad.ts';

export const NAMES = ['north', 'south'] as const satisfies readonly NodeName[];
/** People of each room, and how many of them show a picture. */
const ROOMS = [
  { room: 'atrium', people: 4 },
  { room: 'bureau', people: 3 },
  { room: 'cellar', people: 3 },
] as const;
const WITH_CAMERA = 2;
/** ms that a node has to hand everybody over; ms for everything to be right. */
export const DEADLINE = 15_000;
const PATIENCE = 30_000;
/** ms between two looks, before something happens, and after it until the gaps are looked at. */
const LOOK = 50;
const CALM = 2000;
const AFTER = 4000;

const listeners = group('listeners', 1, { audio: 'always', subscribe: { audio: 'all', video: 'all' } });

/** What one step of a rollout did. */
export interface Step {
  what: string;
  /** ms until it was done: until the process had ended, or nobody was there any more. */
  took: number;
  /** Exit status; absent where no process ended. */
  status?: number | null;
  /** Bots that had to move, as far as is known before. */
  movers: number;
  changes: Changes;
  missed: Missed[];
  left: string[];
  cameAgain: string[];
  /** Facts that somebody came who was known. */
  toldAgain: number;
  errors: string[];
  /** ms for which the process of the bots stood still at most. */
  stall: number;
}

/** Ten bots in three rooms on two nodes, and somebody in each room on each node who notes what is told of people. */
export class Rollout {
  readonly #cluster: TrialCluster;
  readonly #crowds: readonly Crowd[];
  readonly #witnesses: readonly Witness[];

  private constructor(cluster: TrialCluster, crowds: readonly Crowd[], witnesses: readonly Witness[]) {
    this.#cluster = cluster;
    this.#crowds = crowds;
    this.#witnesses = witnesses;
  }

  static async begin(ground: Ground): Promise<Rollout> {
    const cluster = await TrialCluster.start(ground, NAMES, { PARLEY_DRAIN_DEADLINE: String(DEADLINE) });
    const crowds: Crowd[] = [];
    const witnesses: Witness[] = [];
    const rollout = new Rollout(cluster, crowds, witnesses);
    try {
      for (const { room, people: count } of ROOMS) {
        const crowd = await Crowd.create(cluster.url, room, [people, listeners]);
        crowds.push(crowd);
        for (let bot = 0; bot < count; bot++) await crowd.join(bot < WITH_CAMERA ? people : listeners);
        for (const node of NAMES)
          witnesses.push(
            await Witness.enter(cluster.node(node).url, room, `witness-${room}-${node}`, cluster.url),
          );
      }
      await rollout.#isRight();
      return rollout;
    } catch (error) {
      await rollout.close();
      throw error;
    }
  }

  /** Ends a node as whoever deploys does, and starts it anew. */
  restart(node: NodeName): Promise<Step> {
    return this.#step(
      `restart of ${node}`,
      (seat) => seat.node === node,
      undefined,
      async () => {
        const status = await this.#cluster.node(node).end('SIGTERM');
        return { status };
      },
      () => this.#cluster.startAnew(node),
    );
  }

  /** Has the largest room leave the worker of a node on which most of it are. */
  async vacate(node: NodeName): Promise<Step> {
    const [crowd] = this.#crowds;
    if (!crowd) throw new Error('there is no room');
    const { room } = crowd;
    const seats = await this.#cluster.seats(room, [node]);
    const on = new Map<number, number>();
    for (const { worker } of seats.values()) on.set(worker, (on.get(worker) ?? 0) + 1);
    const [worker = 0] = [...on].sort(([, a], [, b]) => b - a)[0] ?? [];
    const isThere = (seat: Seat): boolean => seat.node === node && seat.worker === worker;
    return this.#step(`a room leaves a worker of ${node}`, isThere, room, async () => {
      const { moved } = crowd.changes;
      const movers = crowd.names.filter((name) => isThere(seats.get(name) ?? { node, worker: -1 })).length;
      await this.#vacate(node, room, worker);
      const until = performance.now() + PATIENCE;
      while (crowd.isMoving || crowd.changes.moved < moved + movers) {
        if (performance.now() > until) throw new Error('not everybody left the worker');
        await wait(LOOK);
      }
      return {};
    });
  }

  /** What is not as it should be: who sees whom, and what does not flow. */
  wrong(): string[] {
    return this.#crowds.flatMap((crowd) => {
      const here = this.#witnesses.filter(({ name }) => name.includes(crowd.room));
      const truth = [...crowd.names, ...here.map(({ name }) => name)].sort();
      const mistaken = here
        .filter(({ names }) => names.join() !== truth.join())
        .map(({ name, names }) => `${name} sees ${names.join(', ')}`);
      return [...mistaken, ...crowd.mistaken(truth.length), ...crowd.still()].map(
        (one) => `${crowd.room}: ${one}`,
      );
    });
  }

  /** Everybody leaves. Resolves with what the nodes have left then; nothing is left where all is well. */
  async end(): Promise<string[]> {
    await Promise.all(this.#crowds.map((crowd) => crowd.leave()));
    await Promise.all(this.#witnesses.map((witness) => witness.leave()));
    const until = performance.now() + PATIENCE;
    for (;;) {
      const states = await Promise.all(
        NAMES.map(async (node) => [node, await this.#cluster.state(node)] as const),
      );
      const left = states.filter(([, { rooms, peers }]) => rooms + peers > 0);
      if (left.length === 0 || performance.now() > until)
        return left.map(([node, { rooms, peers }]) => `${node} has ${rooms} rooms and ${peers} peers left`);
      await wait(LOOK);
    }
  }

  /** Whatever state it is in. */
  async close(): Promise<void> {
    for (const witness of this.#witnesses) witness.close();
    await Promise.all(this.#crowds.map((crowd) => crowd.leave()));
    await this.#cluster.close();
  }

  async #step(
    what: string,
    hasToMove: (seat: Seat) => boolean,
    of: string | undefined,
    act: () => Promise<Pick<Step, 'status'>>,
    afterwards?: () => Promise<void>,
  ): Promise<Step> {
    const seats = await this.#seats();
    const isMover = (room: string, name: string): boolean => {
      const seat = seats.get(`${room} ${name}`);
      return (of === undefined || of === room) && seat !== undefined && hasToMove(seat);
    };
    const before = this.#changes();
    for (const crowd of this.#crowds) {
      crowd.errors();
      crowd.restart();
    }
    for (const witness of this.#witnesses) witness.watch();
    const startedAt = performance.now();
    const done = await act();
    const took = performance.now() - startedAt;
    await afterwards?.();
    await wait(AFTER);
    const missed = this.#crowds.flatMap((crowd) =>
      crowd
        .missed()
        .filter(({ subscriber, publisher }) => [subscriber, publisher].some((n) => isMover(crowd.room, n)))
        .map((one) => ({ ...one, subscriber: `${crowd.room} ${one.subscriber}` })),
    );
    const stall = Math.max(...this.#crowds.map((crowd) => crowd.stall));
    await this.#isRight();
    const now = this.#changes();
    return {
      what,
      took,
      ...done,
      movers: this.#crowds.flatMap(({ room, names }) => names.filter((name) => isMover(room, name))).length,
      changes: {
        moved: now.moved - before.moved,
        cancelled: now.cancelled - before.cancelled,
        rebuilt: now.rebuilt - before.rebuilt,
        lost: now.lost - before.lost,
      },
      missed,
      left: this.#witnesses.flatMap(({ left }) => left),
      cameAgain: this.#witnesses.flatMap(({ cameAgain }) => cameAgain),
      toldAgain: this.#witnesses.reduce((sum, { toldAgain }) => sum + toldAgain, 0),
      errors: this.#crowds.flatMap((crowd) =>
        crowd.errors().map(({ phase, code, message, count }) => `${phase}: ${code} ${message} (${count})`),
      ),
      stall,
    };
  }

  /** Resolves when it is, and has been for a while. @throws Error which says what is not, for too long. */
  async #isRight(): Promise<void> {
    const until = performance.now() + PATIENCE;
    for (;;) {
      const wrong = this.wrong();
      if (wrong.length === 0) break;
      if (performance.now() > until)
        throw new Error(`waited ${PATIENCE / 1000} s in vain: ${wrong.slice(0, 5).join('; ')}`);
      await wait(LOOK);
    }
    await wait(CALM);
  }

  #changes(): Changes {
    const sum: Changes = { moved: 0, cancelled: 0, rebuilt: 0, lost: 0 };
    for (const { changes } of this.#crowds)
      for (const key of Object.keys(sum) as (keyof Changes)[]) sum[key] += changes[key];
    return sum;
  }

  /** Where everybody is, by room and name. */
  async #seats(): Promise<Map<string, Seat>> {
    const seats = new Map<string, Seat>();
    for (const { room } of this.#crowds)
      for (const [name, seat] of await this.#cluster.seats(room)) seats.set(`${room} ${name}`, seat);
    return seats;
  }

  async #vacate(node: NodeName, room: string, worker: number): Promise<void> {
    const token = await tokenFor('operator', { roomAdmin: true, room });
    const { url } = this.#cluster.node(node);
    const response = await fetch(`${url}/api/rooms/${room}/workers/${worker}/vacate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    // A room that is not there has nothing to leave.
    if (!response.ok && response.status !== 404)
      throw new Error(`${room} does not leave: ${response.status} ${await response.text()}`);
  }
}
