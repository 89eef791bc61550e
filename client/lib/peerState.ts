import type { PeerInfo, ProducerInfo } from '../../src/protocol/models.ts';
import type { PeerState, PublicationState } from './publicTypes.ts';

/** dBov. */
export const SILENT = -127;

/** A peer as the state shows it; tracks and loudness are kept from what is known. */
export function toPeer(info: PeerInfo, known: PeerState | undefined): PeerState {
  const tracks = new Map(
    known?.publications.map((publication) => [publication.producerId, publication.track]),
  );
  return withoutUndefined({
    peerId: info.peerId,
    name: info.name,
    identity: info.identity,
    metadata: info.metadata,
    joinedAt: info.joinedAt,
    isLocal: false,
    publications: info.producers.map((producer) =>
      toPublication(producer, tracks.get(producer.producerId) ?? null),
    ),
    level: known?.level ?? SILENT,
    speaking: known?.speaking ?? false,
  });
}

export function toPublication(producer: ProducerInfo, track: MediaStreamTrack | null): PublicationState {
  const { producerId, source, kind, paused, label } = producer;
  return withoutUndefined({ producerId, source, kind, paused, label, track });
}

/** Optional fields are absent, not undefined, so that states compare and print as the wire's do. */
export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
