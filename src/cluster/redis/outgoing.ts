/** One step of what a node does to others, in the order in which it was asked for. */
export interface Outgoing {
  /** See the script POST. */
  kind: 'node' | 'nodes' | 'room' | 'enter' | 'leave';
  /** A node or a room; nothing for all nodes. */
  target: string;
  /** An envelope. */
  body: string;
  /** Whether it is of use later; a question whose asker has given up is not. Absent: it is. */
  isWanted?: () => boolean;
  /** To how many nodes it was delivered. */
  onDelivered?: (count: number) => void;
}

export const MISSED = '{"kind":"missed"}';

/**
 * Makes place where too much waits: of messages only that they are missing is left, once per target, of rooms only what
 * it all comes to, and nothing of questions and answers, which are not waited for any more.
 */
export function shed(waiting: readonly Outgoing[]): Outgoing[] {
  const first = new Map<string, Outgoing>();
  const last = new Map<string, Outgoing>();
  const missed = new Set<string>();
  for (const outgoing of waiting) {
    const { kind, target } = outgoing;
    if (kind === 'enter' || kind === 'leave') {
      if (!first.has(target)) first.set(target, outgoing);
      last.set(target, outgoing);
    }
  }
  return waiting
    .filter((outgoing) => {
      const { kind, target } = outgoing;
      if (kind === 'enter') return last.get(target) === outgoing;
      // Of a room that was entered and left meanwhile, nobody has heard.
      if (kind === 'leave') return last.get(target) === outgoing && first.get(target)?.kind === 'leave';
      if (outgoing.isWanted || missed.has(`${kind} ${target}`)) return false;
      missed.add(`${kind} ${target}`);
      return true;
    })
    .map((outgoing) =>
      outgoing.kind === 'enter' || outgoing.kind === 'leave'
        ? outgoing
        : { kind: outgoing.kind, target: outgoing.target, body: MISSED },
    );
}
