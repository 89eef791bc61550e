import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Cluster } from '../cluster/cluster.ts';
import { badRequest, notFound, unavailable } from '../support/errors.ts';
import type { HttpSession, Patched } from './HttpSession.ts';
import { problemSchema, WhipProblem } from './WhipProblem.ts';

const ORDER = 'whip.session';

const place = z.object({ kind: z.enum(['whip', 'whep']), room: z.string(), id: z.string() });
const asker = z.object({ token: z.string().optional(), identity: z.string().optional() });
const order = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('patch'), ifMatch: z.string().optional(), fragment: z.string() }),
  z.object({ verb: z.literal('end') }),
]);
const ordering = z.object({ place, asker, order });
const obeyed = z.union([
  z.object({ patched: z.object({ entityTag: z.string(), fragment: z.string().exactOptional() }) }),
  z.object({ problem: problemSchema }),
]);

/** Whose URL a session has: `/<kind>/<room>/sessions/<id>`. */
export type SessionPlace = z.output<typeof place>;

/** Who asks something of a session: the digest of the token, and the identity that it proves. */
export type SessionAsker = z.output<typeof asker>;

/** What a client asks of its session: `PATCH` or `DELETE`. */
export type SessionOrder = z.output<typeof order>;

/** @throws ParleyError `notFound`, `unauthorized`. */
type Find = (place: SessionPlace, asker: SessionAsker) => HttpSession;

/**
 * Has done to sessions what their clients ask, by the node that has them.
 *
 * A load balancer may bring a request to any node, and clients need not follow a redirection of `PATCH` and `DELETE`
 * (RFC 9725 section 4.5). So the URL of a session tells its node, and the others ask that one.
 */
export class SessionOrders {
  readonly #cluster: Pick<Cluster, 'nodes' | 'bus'>;
  readonly #find: Find;
  readonly #mark: string;

  constructor(cluster: Pick<Cluster, 'nodes' | 'bus'>, find: Find) {
    this.#cluster = cluster;
    this.#find = find;
    this.#mark = markOf(cluster.nodes.self.id);
    cluster.bus.answer(ORDER, async (data) => {
      const asked = ordering.safeParse(data).data;
      if (!asked) throw badRequest('this is not understood');
      try {
        return { patched: await this.#obey(asked.place, asked.asker, asked.order) };
      } catch (error) {
        // With its status and its headers, which an error of the cluster has not.
        if (error instanceof WhipProblem) return { problem: error.toNode() };
        throw error;
      }
    });
  }

  /** Of a session of this node, as its URL has it. */
  idOf(session: HttpSession): string {
    return `${session.id}.${this.#mark}`;
  }

  /**
   * Resolves with what a `PATCH` came to.
   *
   * @throws WhipProblem as `HttpSession.patch`; ParleyError `notFound` also for a session whose node is gone,
   * `unauthorized`, `unavailable` or `timeout` when its node cannot be asked, and it may be done nevertheless.
   */
  async give(at: SessionPlace, who: SessionAsker, what: SessionOrder): Promise<Patched> {
    const [id = '', mark] = at.id.split('.', 2);
    const of = { ...at, id };
    if (mark === this.#mark) return this.#obey(of, who, what);
    const node = [...this.#cluster.nodes.others.keys()].find((other) => markOf(other) === mark);
    if (node === undefined) throw notFound('no such session, or it has ended');
    const answer = await this.#cluster.bus.request(node, ORDER, { place: of, asker: who, order: what });
    const { data } = obeyed.safeParse(answer);
    if (!data) throw unavailable('the other node tells what is not understood');
    if ('problem' in data) throw WhipProblem.of(data.problem);
    return data.patched;
  }

  async #obey(at: SessionPlace, who: SessionAsker, what: SessionOrder): Promise<Patched> {
    const session = this.#find(at, who);
    if (what.verb === 'patch') return session.patch(what.ifMatch, what.fragment);
    session.close();
    return { entityTag: session.entityTag };
  }
}

/** What of a node's id is told to clients: not the machine's name, which is in it. */
const markOf = (node: string): string => createHash('sha256').update(node).digest('base64url').slice(0, 12);
