export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Pixels: the protocol's own limit. */
const LARGEST = 16_384;

/** The size in which a video track is captured; undefined for audio, and before the browser knows. */
export function pictureSize(track: MediaStreamTrack): PictureSize | undefined {
  if (track.kind !== 'video') return undefined;
  const { width, height } = track.getSettings();
  if (!width || !height) return undefined;
  return { width: Math.min(Math.round(width), LARGEST), height: Math.min(Math.round(height), LARGEST) };
}
