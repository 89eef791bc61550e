const streams = new WeakMap<MediaStreamTrack, MediaStream>();

/** The one MediaStream for a track, so that a rendering does not restart what is already playing. */
export function streamOf(track: MediaStreamTrack): MediaStream {
  let stream = streams.get(track);
  if (!stream) streams.set(track, (stream = new MediaStream([track])));
  return stream;
}
