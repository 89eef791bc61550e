import type { types } from 'mediasoup-client';
import type { IceServer, TransportInfo } from '../../src/protocol/models.ts';

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
