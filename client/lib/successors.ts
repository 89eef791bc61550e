import type { ProducerInfo } from '../../src/protocol/models.ts';
import type { PeerState } from './publicTypes.ts';
import type { RoomModel } from './roomModel.ts';

/*
 * A microphone that takes another one's place, because its peer moves: two at once would be heard twice. So the new one
 * is received, but not listed before there is sound of it; then it stands where the other one stood. Of pictures both
 * are listed, so that the older one can be shown until the newer one is on the screen.
 */

/** By their own id: those that wait to be listed. */
export type Successors = ReadonlyMap<string, ProducerInfo>;

export const NO_SUCCESSORS: Successors = new Map();

export function isSuccessor({ successors }: RoomModel, producerId: string): boolean {
  return successors.has(producerId);
}

/** Whether a producer that is told of has to wait for its place. */
export function succeeds(peer: PeerState | undefined, { kind, replaces }: ProducerInfo): boolean {
  return (
    kind === 'audio' &&
    replaces !== undefined &&
    (peer?.publications.some(({ producerId, track }) => producerId === replaces && track !== null) ?? false)
  );
}

export function withSuccessor(successors: Successors, producer: ProducerInfo): Successors {
  return new Map([...successors].filter(([, { replaces }]) => replaces !== producer.replaces)).set(
    producer.producerId,
    producer,
  );
}

export function withoutSuccessor(successors: Successors, producerId: string): Successors {
  if (!successors.has(producerId)) return successors;
  return new Map([...successors].filter(([id]) => id !== producerId));
}

/** The one that waits for the place of a producer. */
export function successorOf(successors: Successors, producerId: string): ProducerInfo | undefined {
  return [...successors.values()].find(({ replaces }) => replaces === producerId);
}

/** Of a peer's producers in a snapshot those that are to be listed: a microphone only once. */
export function withoutReplaced(producers: readonly ProducerInfo[]): ProducerInfo[] {
  const replaced = new Set(
    producers.flatMap(({ kind, replaces }) => (kind === 'audio' && replaces !== undefined ? replaces : [])),
  );
  return producers.filter(({ producerId }) => !replaced.has(producerId));
}
