import type { Standing } from '../../src/protocol/conduct.ts';
import { sameStanding, toStanding } from './conductState.ts';
import type { PeerInfo, PeerQuality, ProducerInfo, TrackQuality } from '../../src/protocol/models.ts';
import type { PeerState, PublicationQuality, PublicationState } from './publicTypes.ts';

/** dBov. */
export const SILENT = -127;

/** A peer as the state shows it; tracks, loudness and quality are kept from what is known. */
export function toPeer(info: PeerInfo, known: PeerState | undefined): PeerState {
  const publications = new Map(known?.publications.map((known) => [known.producerId, known]));
  return withoutUndefined({
    peerId: info.peerId,
    name: info.name,
    identity: info.identity,
    metadata: info.metadata,
    attributes: info.attributes,
    joinedAt: info.joinedAt,
    ...toStanding(info),
    isLocal: false,
    publications: info.producers.map((producer) => {
      const known = publications.get(producer.producerId);
      return toPublication(producer, known?.track, known?.quality);
    }),
    level: known?.level ?? SILENT,
    speaking: known?.speaking ?? false,
    connectionQuality: known?.connectionQuality ?? null,
  });
}

export function toPublication(
  producer: ProducerInfo,
  track: MediaStreamTrack | null = null,
  quality: PublicationQuality | null = null,
): PublicationState {
  const { producerId, source, kind, paused, label } = producer;
  return withoutUndefined({ producerId, source, kind, paused, label, track, quality });
}

/** Takes over what the server says of tracks and connections; what did not change stays the same object. */
export function withQuality(
  peers: readonly PeerState[],
  tracks: readonly TrackQuality[],
  connections: readonly PeerQuality[],
): readonly PeerState[] {
  const ofTracks = new Map(tracks.map((track) => [track.producerId, track]));
  const ofPeers = new Map(connections.map(({ peerId, score }) => [peerId, score]));
  const next = peers.map((peer): PeerState => {
    const connectionQuality = ofPeers.get(peer.peerId) ?? peer.connectionQuality;
    const publications = peer.isLocal ? peer.publications : qualified(peer.publications, ofTracks);
    const same = connectionQuality === peer.connectionQuality && publications === peer.publications;
    return same ? peer : { ...peer, connectionQuality, publications };
  });
  return next.every((peer, index) => peer === peers[index]) ? peers : next;
}

function qualified(
  publications: readonly PublicationState[],
  tracks: ReadonlyMap<string, TrackQuality>,
): readonly PublicationState[] {
  const next = publications.map((publication): PublicationState => {
    const told = tracks.get(publication.producerId);
    if (!told || sameQuality(told, publication.quality)) return publication;
    return { ...publication, quality: { cause: told.cause, score: told.score } };
  });
  return next.every((publication, index) => publication === publications[index]) ? publications : next;
}

/** Attributes after a change, in which those that are empty go. */
export function mergedAttributes(
  before: Readonly<Record<string, string>> = {},
  change: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''));
}

type Person = Pick<PeerInfo, 'name' | 'metadata' | 'attributes' | keyof Standing>;

/** Whether the same is said of two, who are the same in the room. */
export function samePerson(one: Person, other: Person): boolean {
  if (one.name !== other.name || one.metadata !== other.metadata) return false;
  if (!sameStanding(one, other)) return false;
  const [a, b] = [Object.entries(one.attributes ?? {}), new Map(Object.entries(other.attributes ?? {}))];
  return a.length === b.size && a.every(([name, value]) => b.get(name) === value);
}

export function sameQuality(one: PublicationQuality | null, other: PublicationQuality | null): boolean {
  return one?.cause === other?.cause && one?.score === other?.score;
}

/** Optional fields are absent, not undefined, so that states compare and print as the wire's do. */
export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
