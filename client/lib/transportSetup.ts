import type { types } from 'mediasoup-client';
import type {
  IceServer,
  RtpParameters,
  SctpStreamParameters,
  TransportInfo,
} from '../../src/protocol/models.ts';
import type { ProducerData } from './MediaSession.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { toError } from './toError.ts';

/** What mediasoup-client needs of a transport of the server's. */
export function transportOptions(info: TransportInfo): types.TransportOptions {
  const { transportId, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = info;
  return {
    id: transportId,
    iceParameters,
    iceCandidates,
    dtlsParameters,
    ...(sctpParameters ? { sctpParameters } : {}),
  };
}

/** mediasoup-client cannot change them in Firefox: there the servers of the beginning have to do. */
export async function updateIceServers(transport: types.Transport, iceServers: IceServer[]): Promise<void> {
  try {
    await transport.updateIceServers({ iceServers });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'UnsupportedError')) throw error;
  }
}

/** Asks the server for what mediasoup-client is about to send, media and data. */
export function tellServerOfProducing(transport: types.Transport, signaling: SignalingClient): void {
  transport.on('produce', ({ kind, rtpParameters, appData }, callback, errback) => {
    signaling
      .request('produce', {
        transportId: transport.id,
        kind,
        rtpParameters: rtpParameters as RtpParameters,
        ...(appData as unknown as ProducerData),
      })
      .then(
        ({ producerId }) => callback({ id: producerId }),
        (error: unknown) => errback(toError(error)),
      );
  });
  transport.on('producedata', ({ sctpStreamParameters }, callback, errback) => {
    signaling
      .request('produceData', {
        transportId: transport.id,
        sctpStreamParameters: sctpStreamParameters as SctpStreamParameters,
      })
      .then(
        ({ dataProducerId }) => callback({ id: dataProducerId }),
        (error: unknown) => errback(toError(error)),
      );
  });
}
