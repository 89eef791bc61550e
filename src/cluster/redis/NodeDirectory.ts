import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ClusterNodes, NodeEvents, NodeInfo } from '../cluster.ts';
import { withoutVersion, type VersionedNode } from './envelope.ts';
import { BEAT, MISSED_BEATS } from './times.ts';

/** The last sign of life of a node, as Redis has it. */
export interface Sign {
  /** Changes with each. */
  text: string;
  /** Version of what the node says of itself. */
  version: number;
  /** ms by Redis's clock. */
  at: number;
}

interface Tracked {
  sign: string;
  /** Looks in a row at which it had given no new sign. */
  missed: number;
  /** Undefined for one that was dead when it was first seen, until it gives a sign. */
  info: VersionedNode | undefined;
}

/** What is to be done after a look. */
export interface Findings {
  /** Nodes of which we do not have what they say of themselves. */
  unread: string[];
  /** Nodes without a sign of life for too long, with their last one. */
  silent: { id: string; sign: string }[];
}

/**
 * Which nodes there are, judged by the signs of life that were seen in Redis.
 *
 * It counts looks and compares no clocks: a node is silent only if Redis could be asked time and again, and had nothing
 * new of it. While Redis is away nobody looks, and after its return all begin anew.
 */
export class NodeDirectory extends TypedEmitter<NodeEvents> implements ClusterNodes {
  readonly #id: string;
  readonly #self: () => NodeInfo;
  readonly #tracked = new Map<string, Tracked>();
  readonly #others = new Map<string, NodeInfo>();
  /** Nodes that said that they leave. A look that was on its way at the time may still have them. */
  readonly #left = new Set<string>();

  constructor(id: string, self: () => NodeInfo) {
    super();
    this.#id = id;
    this.#self = self;
  }

  get self(): NodeInfo {
    return this.#self();
  }

  get others(): ReadonlyMap<string, NodeInfo> {
    return this.#others;
  }

  /** Nobody is silent for what nobody could hear. */
  forgive(): void {
    for (const tracked of this.#tracked.values()) tracked.missed = 0;
  }

  /**
   * @param now ms by Redis's clock.
   * @param counts Whether long enough passed since the last look for a living node to have given a sign.
   */
  look(signs: ReadonlyMap<string, Sign>, now: number, counts: boolean): Findings {
    const unread: string[] = [];
    for (const [id, sign] of signs) {
      if (id === this.#id || this.#left.has(id)) continue;
      const tracked = this.#tracked.get(id);
      if (!tracked) {
        this.#tracked.set(id, { sign: sign.text, missed: 0, info: undefined });
        if (now - sign.at < BEAT * MISSED_BEATS) unread.push(id);
      } else if (tracked.sign !== sign.text) {
        Object.assign(tracked, { sign: sign.text, missed: 0 });
        if (tracked.info?.version !== sign.version) unread.push(id);
      } else if (counts) {
        tracked.missed += 1;
      }
    }
    for (const id of this.#left) if (!signs.has(id)) this.#left.delete(id);
    const silent: Findings['silent'] = [];
    for (const [id, tracked] of this.#tracked) {
      if (counts && !signs.has(id)) tracked.missed += 1;
      if (tracked.missed >= MISSED_BEATS) silent.push({ id, sign: tracked.sign });
    }
    return { unread, silent };
  }

  /** Takes in what a node says of itself. */
  learn(node: VersionedNode): void {
    const { id } = node;
    if (id === this.#id || this.#left.has(id)) return;
    let tracked = this.#tracked.get(id);
    if (!tracked) this.#tracked.set(id, (tracked = { sign: '', missed: 0, info: undefined }));
    if (tracked.info && tracked.info.version >= node.version) return;
    const isNew = tracked.info === undefined;
    tracked.info = node;
    const info = withoutVersion(node);
    this.#others.set(id, info);
    this.emit(isNew ? 'nodeJoined' : 'nodeChanged', info);
  }

  /** It left, or is dead. */
  lose(id: string, said: { itself: boolean }): void {
    if (said.itself) this.#left.add(id);
    this.#tracked.delete(id);
    if (this.#others.delete(id)) this.emit('nodeLeft', id);
  }
}
