import { invalidState } from '../../src/support/errors.ts';
import type { IceParameters, TransportInfo } from '../../src/protocol/models.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import { remoteOf } from './rtpNegotiation.ts';
import type { JoinObserver } from './Target.ts';

export interface ParleyTransportOptions {
  info: TransportInfo;
  observer: JoinObserver;
  createEndpoint: () => Promise<Endpoint>;
  /** Hands the bot's fingerprint to the server. */
  announce: (transportId: string, fingerprint: string) => Promise<void>;
}

/** One of the two transports of a seat, connected when it is first needed. */
export class ParleyTransport {
  readonly id: string;
  readonly #options: ParleyTransportOptions;
  #info: TransportInfo;
  #endpoint: Endpoint | undefined;
  #opening: Promise<Endpoint> | undefined;
  #connecting: Promise<Endpoint> | undefined;
  #closed = false;

  constructor(options: ParleyTransportOptions) {
    this.#options = options;
    this.#info = options.info;
    this.id = options.info.transportId;
  }

  /** Its endpoint, connected or not. */
  endpoint(): Promise<Endpoint> {
    return (this.#opening ??= this.#open());
  }

  /** Its endpoint once ICE and DTLS are done; a failure is reported by its phase, and thrown. */
  connected(): Promise<Endpoint> {
    return (this.#connecting ??= this.#connect());
  }

  /** As a pulled cable. */
  cut(isCut: boolean): void {
    this.#endpoint?.cut(isCut);
  }

  async restartIce(iceParameters: IceParameters): Promise<void> {
    this.#info = { ...this.#info, iceParameters };
    if (this.#endpoint?.connected) await this.#endpoint.restartIce(remoteOf(this.#info));
  }

  close(): void {
    this.#closed = true;
    this.#endpoint?.close();
  }

  async #open(): Promise<Endpoint> {
    const endpoint = await this.#options.createEndpoint();
    if (this.#closed) {
      endpoint.close();
      throw invalidState('the transport was closed');
    }
    this.#endpoint = endpoint;
    return endpoint;
  }

  async #connect(): Promise<Endpoint> {
    const { observer, announce } = this.#options;
    const endpoint = await this.endpoint();
    let phase = 'ice';
    try {
      const announced = announce(this.id, endpoint.fingerprint);
      const connected = endpoint.connect(remoteOf(this.#info), (took) => {
        phase = 'dtls';
        observer.ice(took);
      });
      // Each may fail first; the other must not be left unheard.
      const [{ dtls }] = await Promise.all([connected, announced]);
      observer.dtls(dtls);
      return endpoint;
    } catch (error) {
      if (!this.#closed)
        observer.error(
          phase,
          error instanceof Error && 'code' in error ? String(error.code) : 'internal',
          error instanceof Error ? error.message : String(error),
        );
      throw error;
    }
  }
}
