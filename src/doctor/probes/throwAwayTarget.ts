import type { types } from 'mediasoup';
import { notFound } from '../../support/errors.ts';
import { silentLogger } from '../../support/logger.ts';
import type { ListenAddress } from '../../workers/listenAddresses.ts';
import { MediaWorker } from '../../workers/MediaWorker.ts';
import type { MediaTarget } from './mediaTarget.ts';

/**
 * A worker on a media port, as the server would start it, for as long as it is looked at.
 *
 * @throws as `MediaWorker.create`.
 */
export async function throwAwayTarget(options: {
  port: number;
  addresses: readonly ListenAddress[];
}): Promise<MediaTarget> {
  const worker = await MediaWorker.create({ index: 0, ...options, logger: silentLogger });
  const router = await worker.createRouter({});
  const transports = new Map<string, types.WebRtcTransport>();
  return {
    port: options.port,
    iceServers: undefined,
    async openTransport() {
      const transport = await router.createWebRtcTransport({ webRtcServer: worker.webRtcServer });
      const { iceParameters, iceCandidates, dtlsParameters } = transport;
      transports.set(iceParameters.usernameFragment, transport);
      return { iceParameters, iceCandidates, dtlsParameters };
    },
    async connect({ iceParameters }, value) {
      const transport = transports.get(iceParameters.usernameFragment);
      if (!transport) throw notFound('no such transport');
      await transport.connect({
        dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value }] },
      });
    },
    async close() {
      worker.close('poolClosed');
      await worker.terminated;
    },
  };
}
