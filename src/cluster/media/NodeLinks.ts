import { limitExceeded, unavailable } from '../../support/errors.ts';
import type { Logger } from '../../support/logger.ts';
import { SharedCalls } from '../../support/SharedCalls.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { ClusterBus } from '../cluster.ts';
import { CONNECT, connectAnswerSchema, readAnswer, UNLINKED, type LinkEnd } from './messages.ts';
import { NodeLink, type LinkCloseReason, type LinkSettings, type RouterPair } from './NodeLink.ts';

/** ms that another node may take to answer. */
const CONNECT_DEADLINE = 2000;
/** Links of a room to one node: more than two nodes of the largest size need. */
const MOST_LINKS = 512;

interface NodeLinksEvents {
  /** It is new, and may not be connected yet. */
  added: [link: NodeLink];
}

/**
 * The links of this node, one for each pair of routers, whichever side asked for it.
 *
 * Both sides do the same: each has one end for the pair, and tells the other one of it. So it does not matter who was
 * first, or whether both were.
 */
export class NodeLinks extends TypedEmitter<NodeLinksEvents> {
  readonly #bus: ClusterBus;
  readonly #settings: LinkSettings;
  readonly #logger: Logger;
  readonly #links = new Map<string, NodeLink>();
  readonly #creating = new SharedCalls<NodeLink>();
  readonly #connecting = new SharedCalls<NodeLink>();
  #closed = false;

  constructor(options: { bus: ClusterBus; settings: LinkSettings; logger: Logger }) {
    super();
    this.#bus = options.bus;
    this.#settings = options.settings;
    this.#logger = options.logger;
  }

  get all(): Iterable<NodeLink> {
    return this.#links.values();
  }

  get size(): number {
    return this.#links.size;
  }

  /** The link whose other end this is. */
  byFarEnd(node: string, end: string): NodeLink | undefined {
    for (const link of this.#links.values()) {
      if (link.pair.node === node && link.far?.id === end) return link;
    }
    return undefined;
  }

  /** This node's end of it, if it is there or on its way. */
  routerOf(room: string, node: string, router: string): RouterPair['router'] | undefined {
    for (const { pair } of this.#links.values()) {
      if (pair.room === room && pair.node === node && pair.router.id === router) return pair.router;
    }
    return undefined;
  }

  /** Asks the other node to connect its end, where that was not done. @throws ParleyError `unavailable`. */
  open(pair: RouterPair): Promise<NodeLink> {
    return this.#connecting.run(keyOf(pair), () => this.#open(pair));
  }

  /** Another node has an end for the pair; resolves with this node's. */
  async accept(pair: RouterPair, far: LinkEnd): Promise<LinkEnd> {
    let link = await this.#ensure(pair);
    if (link.far && link.far.id !== far.id) {
      link.close('replaced');
      link = await this.#ensure(pair);
    }
    await link.connect(far);
    return link.end;
  }

  /** Closes those that are of something that is gone. */
  closeWhere(isGone: (pair: RouterPair) => boolean, reason: LinkCloseReason): void {
    for (const link of [...this.#links.values()]) if (isGone(link.pair)) link.close(reason);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    this.closeWhere(() => true, 'roomLeft');
  }

  async #open(pair: RouterPair): Promise<NodeLink> {
    const link = await this.#ensure(pair);
    try {
      if (!link.far) {
        const { room, router, node, farRouter } = pair;
        const request = { room, from: router.id, to: farRouter, end: link.end };
        const answer = await this.#bus.request(node, CONNECT, request, { timeout: CONNECT_DEADLINE });
        const { end } = readAnswer(connectAnswerSchema, answer);
        // The other node may have asked meanwhile, and what it asked came later than what it answers.
        if (!leadsSomewhere(link)) await link.connect(end);
      }
      await link.whenConnected();
      return link;
    } catch (error) {
      if (!link.far) link.close('unconnected');
      throw unavailable('the way to the other node could not be opened', { cause: error });
    }
  }

  #ensure(pair: RouterPair): Promise<NodeLink> {
    const key = keyOf(pair);
    const known = this.#links.get(key);
    if (known) return Promise.resolve(known);
    return this.#creating.run(key, () => this.#create(pair));
  }

  async #create(pair: RouterPair): Promise<NodeLink> {
    const { room, node } = pair;
    const others = [...this.#links.values()].filter(
      (link) => link.pair.room === room && link.pair.node === node,
    );
    if (others.length >= MOST_LINKS) throw limitExceeded('there are too many links between two nodes');
    let link: NodeLink;
    try {
      link = await NodeLink.create(pair, this.#settings);
    } catch (error) {
      throw unavailable('the way to another node could not be opened', { cause: error });
    }
    if (this.#closed) link.close('roomLeft');
    if (link.closed) throw unavailable('closed while the way to another node was opened');
    const key = keyOf(pair);
    this.#links.set(key, link);
    link.once('closed', (reason) => {
      if (this.#links.get(key) === link) this.#links.delete(key);
      this.#ended(link, reason);
    });
    this.emit('added', link);
    return link;
  }

  #ended({ pair, end }: NodeLink, reason: LinkCloseReason): void {
    const isLost = reason === 'silent' || reason === 'unconnected';
    this.#logger[isLost ? 'warn' : 'debug'](
      { room: pair.room, node: pair.node, reason },
      'the way to another node closed',
    );
    if (reason === 'farClosed' || reason === 'nodeLeft') return;
    try {
      this.#bus.send(pair.node, UNLINKED, { end: end.id });
    } catch {
      // This node has left the cluster, which tells the others as much.
    }
  }
}

function keyOf({ router, node, farRouter }: RouterPair): string {
  return `${router.id} ${node} ${farRouter}`;
}

/** Asked anew after each await. */
function leadsSomewhere(link: NodeLink): boolean {
  return link.far !== undefined;
}
