import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';

/** A track without any media behind it: Node has none of its own. */
export function fakeTrack(
  kind: 'audio' | 'video',
  settings: MediaTrackSettings = {},
): MediaStreamTrack & { remoteStop(): void } {
  return new FakeMediaStreamTrack({ kind, settings });
}
