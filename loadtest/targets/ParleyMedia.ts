import type { IceParameters, MediaSetup, TransportInfo } from '../../src/protocol/models.ts';
import type { ParleySignaling } from './ParleySignaling.ts';
import { ParleyTransport } from './ParleyTransport.ts';
import type { JoinRequest } from './Target.ts';

/** The two transports of a seat, as the server set them up. */
export class ParleyMedia {
  readonly setup: MediaSetup;
  readonly send: ParleyTransport;
  readonly recv: ParleyTransport;

  constructor(setup: MediaSetup, signaling: ParleySignaling, request: JoinRequest) {
    const transport = (info: TransportInfo): ParleyTransport =>
      new ParleyTransport({
        info,
        observer: request.observer,
        createEndpoint: () => request.createEndpoint(),
        announce: async (transportId, fingerprint) => {
          await signaling.request('connectTransport', {
            transportId,
            dtlsParameters: {
              role: 'client',
              fingerprints: [{ algorithm: 'sha-256', value: fingerprint }],
            },
          });
        },
      });
    this.setup = setup;
    this.send = transport(setup.sendTransport);
    this.recv = transport(setup.recvTransport);
  }

  /** As a pulled cable. */
  cut(isCut: boolean): void {
    for (const transport of [this.send, this.recv]) transport.cut(isCut);
  }

  /** @param parameters By transport id. */
  async restartIce(parameters: Readonly<Record<string, IceParameters>>): Promise<void> {
    await Promise.all(
      [this.send, this.recv].map(async (transport) => {
        const own = parameters[transport.id];
        if (own) await transport.restartIce(own);
      }),
    );
  }

  /** Idempotent. */
  close(): void {
    this.send.close();
    this.recv.close();
  }
}
