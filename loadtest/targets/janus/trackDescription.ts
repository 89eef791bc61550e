import { MEDIA_SOURCES, type MediaSource } from '../../../src/protocol/models.ts';
import type { RemoteTrack } from '../Target.ts';
import type { PublishedStream, Publisher } from './messages.ts';

/*
 * Janus knows no sources and no muted tracks, but it passes on a description of each stream.
 */

export function describeTrack(source: MediaSource, paused: boolean): string {
  return paused ? `${source} paused` : source;
}

/** A publisher's tracks that can be subscribed to, also of publishers that describe nothing. */
export function tracksOf({ id, display = '', streams = [] }: Publisher): RemoteTrack[] {
  return streams.flatMap((stream) => {
    const { type, mid, disabled } = stream;
    if (disabled === true || type === 'data') return [];
    return {
      trackId: `${id}/${mid}`,
      participantId: String(id),
      name: display,
      kind: type,
      ...readDescription(stream, type),
    };
  });
}

function readDescription(
  { description = '' }: PublishedStream,
  type: 'audio' | 'video',
): { source: MediaSource; paused: boolean } {
  const [word, state] = description.split(' ');
  const fallback = type === 'audio' ? 'microphone' : 'camera';
  return { source: MEDIA_SOURCES.find((each) => each === word) ?? fallback, paused: state === 'paused' };
}
