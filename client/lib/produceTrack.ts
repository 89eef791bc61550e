import type { types } from 'mediasoup-client';
import type { MediaSource } from '../../src/protocol/models.ts';
import { encodingsFor, videoCodecFor, type EncodingSurroundings } from './encodings.ts';
import type { LocalPublication } from './LocalPublication.ts';
import type { MediaSession } from './MediaSession.ts';
import type { PublishOptions, RoomState } from './publicTypes.ts';
import { encodesSvc } from './svcSupport.ts';

type RoomWishes = Pick<RoomState, 'videoCodec' | 'forwarding'>;

/**
 * Sends a publication's track on a session, in the place of the producer that it has, if it has one.
 *
 * @param room What it wishes.
 */
export function produceTrack(
  publication: LocalPublication,
  session: MediaSession,
  room: RoomWishes,
): Promise<types.Producer> {
  const { track, source, options, paused, producer } = publication;
  track.enabled = !paused;
  if (track.contentHint === '') track.contentHint = hintFor(source, options);
  return session.produce({
    track,
    source,
    paused,
    ...encodingsFor(track, source, options, surroundings(session, room)),
    ...(options.label === undefined ? {} : { label: options.label }),
    ...(producer && !producer.closed ? { replaces: producer.id } : {}),
  });
}

/**
 * How `produceTrack` would send it: the mime type, where mediasoup-client does not have the choice, and of a camera, which
 * may be given another size at any time, the layers too. Empty for audio.
 */
export function mannerFor(
  { track, source, options }: LocalPublication,
  session: MediaSession | undefined,
  room: RoomWishes,
): string {
  if (!session || track.kind !== 'video') return '';
  const around = surroundings(session, room);
  const codec = videoCodecFor(around)?.mimeType ?? '';
  if (source !== 'camera') return codec;
  return `${codec} ${JSON.stringify(encodingsFor(track, source, options, around).encodings)}`;
}

function surroundings(session: MediaSession, room: RoomWishes): EncodingSurroundings {
  const { videoCodec, forwarding } = room;
  const { audioBitrate } = forwarding;
  return { capabilities: session.sendRtpCapabilities, videoCodec, audioBitrate, svc: encodesSvc() };
}

/** W3C mst-content-hint section 3: what is to be kept when there is not enough of everything. */
function hintFor(source: MediaSource, options: PublishOptions): string {
  if (source === 'screen') return 'detail';
  return source === 'microphone' && options.music ? 'music' : '';
}
