import type { types } from 'mediasoup-client';
import type { ConsumerData, MediaSession, ProducerData } from './MediaSession.ts';
import type { TrackKey } from './trackStats.ts';

/** What a session sends, as its reports know it. */
export function sentTracks(session: MediaSession, peerId: string): TrackKey[] {
  return [...session.producers].map((producer) => {
    const { source } = producer.appData as unknown as ProducerData;
    return { ...keyOf(producer), direction: 'send', producerId: producer.id, peerId, source };
  });
}

/** What a session receives. */
export function receivedTracks(session: MediaSession): TrackKey[] {
  return [...session.consumers].map((consumer) => {
    const { peerId, source } = consumer.appData as unknown as ConsumerData;
    return { ...keyOf(consumer), direction: 'receive', producerId: consumer.producerId, peerId, source };
  });
}

function keyOf(media: types.Producer | types.Consumer): Pick<TrackKey, 'kind' | 'mid' | 'ssrcs' | 'trackId'> {
  const { mid, encodings = [] } = media.rtpParameters;
  return {
    kind: media.kind,
    mid,
    ssrcs: encodings.flatMap(({ ssrc }) => ssrc ?? []),
    trackId: media.track?.id,
  };
}
