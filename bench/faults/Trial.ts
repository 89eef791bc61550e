import { setTimeout as wait } from 'node:timers/promises';
import { Crowd, type Missed } from './Crowd.ts';
import { NODES, type Ground, type NodeName } from './ground.ts';
import { TrialCluster, type Seat } from './TrialCluster.ts';
import { Witness } from './Witness.ts';

const ROOM = 'trial';
/** Bots; the load balancer deals them to the nodes in turn. */
const BOTS = 9;
/** ms: for everything to flow at first, for everything to be right again, between two looks. */
const PATIENCE = 30_000;
const LOOK = 20;
/** ms with nothing broken before something is. */
const CALM = 2000;

/** A cluster with a room in which everybody is, and what is needed to break it and to look at it. */
export class Trial {
  readonly ground: Ground;
  readonly cluster: TrialCluster;
  readonly crowd: Crowd;
  readonly witnesses: ReadonlyMap<NodeName, Witness>;
  /** Where the bots were when everything was well, by name. */
  readonly seats: ReadonlyMap<string, Seat>;
  /** Somebody on the node south whom nobody misses. */
  readonly decoy: Witness;
  readonly #gone = new Set<string>();

  private constructor(parts: {
    ground: Ground;
    cluster: TrialCluster;
    crowd: Crowd;
    witnesses: ReadonlyMap<NodeName, Witness>;
    seats: ReadonlyMap<string, Seat>;
    decoy: Witness;
  }) {
    this.ground = parts.ground;
    this.cluster = parts.cluster;
    this.crowd = parts.crowd;
    this.witnesses = parts.witnesses;
    this.seats = parts.seats;
    this.decoy = parts.decoy;
  }

  static async begin(ground: Ground): Promise<Trial> {
    const cluster = await TrialCluster.start(ground);
    let crowd: Crowd | undefined;
    const witnesses = new Map<NodeName, Witness>();
    let decoy: Witness | undefined;
    try {
      crowd = await Crowd.create(cluster.url, ROOM);
      for (let bot = 0; bot < BOTS; bot++) await crowd.join();
      const seats = await cluster.seats(ROOM);
      for (const node of NODES)
        witnesses.set(node, await Witness.enter(cluster.node(node).url, ROOM, `witness-${node}`));
      decoy = await Witness.enter(cluster.node('south').url, ROOM, 'decoy');
      const trial = new Trial({ ground, cluster, crowd, witnesses, seats, decoy });
      await trial.until('everything to be right', () => trial.wrong());
      await wait(CALM);
      crowd.restart();
      return trial;
    } catch (error) {
      for (const witness of [...witnesses.values(), ...(decoy ? [decoy] : [])]) witness.close();
      await crowd?.leave();
      await cluster.close();
      throw error;
    }
  }

  witness(node: NodeName): Witness {
    const witness = this.witnesses.get(node);
    if (!witness) throw new Error(`nobody is on ${node}`);
    return witness;
  }

  /** Names of the bots that were on a node, or on one of its workers. */
  botsOn(node: NodeName, worker?: number): Set<string> {
    return new Set(
      [...this.seats].flatMap(([name, seat]) =>
        seat.node === node && (worker === undefined || seat.worker === worker) ? name : [],
      ),
    );
  }

  /** These were taken out, so that nobody should see them any more. */
  isGone(...witnesses: Witness[]): void {
    for (const { name } of witnesses) this.#gone.add(name);
  }

  /** Who should be in the room, in alphabetical order. */
  get truth(): string[] {
    const others = [...this.witnesses.values(), this.decoy].map(({ name }) => name);
    return [...this.crowd.names, ...others].filter((name) => !this.#gone.has(name)).sort();
  }

  /** Who sees others in the room than are there. */
  mistaken(): string[] {
    const { truth } = this;
    const mistaken = [...this.witnesses.values()]
      .filter(({ name }) => !this.#gone.has(name))
      .filter(({ names }) => names.join() !== truth.join())
      .map(
        ({ name, names }) =>
          `${name} sees ${names.length} people of ${truth.length}: ${differences(truth, names)}`,
      );
    return [...mistaken, ...this.crowd.mistaken(truth.length)];
  }

  /** What is not as it should be: who sees whom, and what does not flow. */
  wrong(): string[] {
    return [...this.mistaken(), ...this.crowd.still()];
  }

  /** Resolves once nothing is amiss. @throws Error which says what is, when that lasts for so many ms. */
  async until(what: string, amiss: () => readonly string[], patience = PATIENCE): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const left = amiss();
      if (left.length === 0) return;
      if (performance.now() - startedAt > patience)
        throw new Error(
          `waited ${patience / 1000} s for ${what}: ${left.slice(0, 5).join('; ')} (${left.length})`,
        );
      await wait(LOOK);
    }
  }

  missed(): Missed[] {
    return this.crowd.missed();
  }

  /** Everybody leaves. Resolves with what the nodes have left then; nothing is left where all is well. */
  async end(): Promise<string[]> {
    try {
      await this.crowd.leave();
      for (const witness of [...this.witnesses.values(), this.decoy])
        if (!this.#gone.has(witness.name)) await witness.leave();
      const alive = NODES.filter((node) => !this.#gone.has(this.witness(node).name));
      let left: string[] = [];
      const until = performance.now() + PATIENCE;
      do {
        await wait(LOOK);
        const states = await Promise.all(
          alive.map(async (node) => [node, await this.cluster.state(node)] as const),
        );
        left = states.flatMap(([node, { rooms, peers }]) =>
          rooms + peers > 0 ? `${node} has ${rooms} rooms and ${peers} peers left` : [],
        );
      } while (left.length > 0 && performance.now() < until);
      return left;
    } finally {
      await this.close();
    }
  }

  /** Whatever state it is in. */
  async close(): Promise<void> {
    for (const witness of [...this.witnesses.values(), this.decoy]) witness.close();
    await this.crowd.leave();
    await this.cluster.close();
  }
}

function differences(truth: readonly string[], names: readonly string[]): string {
  const missing = truth.filter((name) => !names.includes(name));
  const ghosts = names.filter((name, index) => !truth.includes(name) || names.indexOf(name) !== index);
  return [...missing.map((name) => `no ${name}`), ...ghosts.map((name) => `${name} too much`)].join(', ');
}
