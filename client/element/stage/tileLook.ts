import type { PeerState, PublicationState } from '../../lib/publicTypes.ts';
import { publicationOf } from '../placement.ts';
import { qualityDetail, qualityText } from '../qualityText.ts';
import type { NoPictures } from '../switches/noPictures.ts';
import { text } from '../text.ts';

/** From this connection quality down it counts as weak, and is worth a sign. */
export const WEAK = 3;
const FAIR = 4;

/** What a tile is told besides its peer. */
export interface TileSituation {
  /** The others' pictures do not come at present. */
  noPictures: NoPictures;
  /** Which of the raised hands is this peer's, from 1; 0: none. */
  handPlace: number;
  pinned: boolean;
  spotlit: boolean;
  /** Of the picture of a producer as it plays; 0 where none plays. */
  linesOf: (producerId: string) => number;
}

/** What is to be seen on a camera's tile, and said of it. */
export interface TileLook {
  name: string;
  muted: boolean;
  speaking: boolean;
  /** 0 to 5; null while it is not known. */
  score: number | null;
  weak: boolean;
  /** Why it looks or sounds as it does; null where all is as it should be. */
  sentence: string | null;
  role: string | null;
  /** For those who do not see it. */
  notes: readonly string[];
}

/** How a peer's camera tile looks. */
export function tileLook(peer: PeerState, situation: TileSituation): TileLook {
  const camera = publicationOf(peer, 'camera');
  const microphone = publicationOf(peer, 'microphone');
  const score = peer.connectionQuality;
  const weak = score !== null && score <= WEAK;
  const muted = !microphone || microphone.paused;
  const speaking = peer.speaking && !muted;
  const connection = weak ? connectionText(peer) : null;
  const why = whyOf(peer, camera, situation) ?? whyOf(peer, microphone, situation);
  const role = roleText(peer);
  const notes = [
    ...(role === null ? [] : [role]),
    ...(situation.handPlace > 0 ? [text.handNote] : []),
    ...(muted ? [text.muted] : []),
    ...(!camera || camera.paused ? [text.cameraIsOff] : []),
    ...(speaking ? [text.speaking] : []),
    ...(situation.pinned ? [text.pinnedNote] : []),
    ...(situation.spotlit ? [text.spotlit] : []),
    ...(connection === null ? [] : [connection]),
    ...(why === null ? [] : [why]),
  ];
  const name = peer.isLocal ? text.you : peer.name;
  return { name, muted, speaking, score, weak, sentence: why ?? connection, role, notes };
}

/** Why a track looks or sounds as it does, where a person should know. */
export function whyOf(
  peer: PeerState,
  publication: PublicationState | undefined,
  { noPictures, linesOf }: Pick<TileSituation, 'noPictures' | 'linesOf'>,
): string | null {
  if (!publication || publication.paused) return null;
  if (noPictures && !peer.isLocal && publication.kind === 'video')
    return noPictures === 'chosen' ? text.causeAudioOnly : qualityText('receiverBandwidth');
  return qualityText(publication.quality?.cause, linesOf(publication.producerId));
}

/** What a peer is, where that is worth a word: most are speakers. */
export function roleText({ role }: Pick<PeerState, 'role'>): string | null {
  return role === 'host' ? text.host : role === 'viewer' ? text.viewer : null;
}

/** How well a peer is connected, in words; null while it is not known. */
export function connectionText({ connectionQuality: score, isLocal }: PeerState): string | null {
  if (score === null) return null;
  if (score <= WEAK) return isLocal ? text.ownWeakConnection : text.weakConnection;
  return score <= FAIR ? text.connectionFair : text.connectionGood;
}

/** How one of a peer's tracks is; without `what` it is about all of them. */
export interface TileDetail {
  what: string | null;
  how: string;
}

/** Everything about a peer's tracks and connection, for those who ask. */
export function tileDetails(
  peer: PeerState,
  situation: Pick<TileSituation, 'noPictures' | 'linesOf'>,
): TileDetail[] {
  const connection = connectionText(peer);
  const screen = publicationOf(peer, 'screen');
  return [
    { what: text.camera, how: trackDetail(peer, publicationOf(peer, 'camera'), situation) },
    ...(screen ? [{ what: text.screenShare, how: trackDetail(peer, screen, situation) }] : []),
    { what: text.microphone, how: trackDetail(peer, publicationOf(peer, 'microphone'), situation) },
    ...(connection === null ? [] : [{ what: null, how: connection }]),
  ];
}

function trackDetail(
  peer: PeerState,
  publication: PublicationState | undefined,
  { noPictures, linesOf }: Pick<TileSituation, 'noPictures' | 'linesOf'>,
): string {
  if (!publication) return text.detailOff;
  const { paused, kind, quality, producerId } = publication;
  if (paused) return kind === 'audio' ? text.detailMuted : text.detailOff;
  const lines = linesOf(producerId);
  if (peer.isLocal) return lines > 0 ? text.detailLines(lines, text.detailOwn) : text.detailOwn;
  if (noPictures && kind === 'video')
    return noPictures === 'chosen' ? text.causeAudioOnly : qualityDetail('receiverBandwidth');
  return qualityDetail(quality?.cause, lines);
}
