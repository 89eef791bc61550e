import type { Device, types } from 'mediasoup-client';
import { TypedEmitter } from '../../src/support/TypedEmitter.ts';
import { invalidState } from '../../src/support/errors.ts';
import type {
  ConsumerInfo,
  DataConsumerInfo,
  IceParameters,
  IceServer,
  MediaSetup,
  MediaSource,
  RtpCapabilities,
} from '../../src/protocol/models.ts';
import { offeredRoutes, type OfferedRoutes } from './iceAttempt.ts';
import { LateStart } from './LateStart.ts';
import { pictureSize, type PictureSize } from './pictureSize.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { tellServerOfProducing, transportOptions, updateIceServers } from './transportSetup.ts';
import { toError } from './toError.ts';

export type TransportDirection = 'send' | 'recv';

export interface MediaSessionEvents {
  transportState: [direction: TransportDirection, state: types.ConnectionState];
  /** The server and this client may disagree about a transport: only building anew helps. */
  broken: [error: Error];
  /** A producer was built; its closing is told by its observer. */
  produced: [producer: types.Producer];
  closed: [];
}

export interface MediaSessionOptions {
  signaling: SignalingClient;
  iceTransportPolicy?: RTCIceTransportPolicy;
}

export interface ProduceRequest extends Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'codec'> {
  track: MediaStreamTrack;
  source: MediaSource;
  paused: boolean;
  label?: string;
  /** The producer whose place it takes. */
  replaces?: string;
}

/** What a producer's `appData` says: what was told about it when it was published. */
export interface ProducerData extends Partial<PictureSize> {
  source: MediaSource;
  paused: boolean;
  label?: string;
  replaces?: string;
}

export type ConsumerData = Pick<ConsumerInfo, 'peerId' | 'source'>;

/**
 * The two transports of one media epoch.
 *
 * It lives as long as these transports; after a media reset it is closed and another one is created.
 * What should be published and subscribed outlives it, see Publications and Subscriptions.
 */
export class MediaSession extends TypedEmitter<MediaSessionEvents> {
  readonly mediaEpoch: number;
  readonly dataConsumers: readonly DataConsumerInfo[];
  readonly offered: OfferedRoutes;
  readonly #signaling: SignalingClient;
  readonly #device: Device;
  readonly #transports: Record<TransportDirection, types.Transport>;
  readonly #producers = new Set<types.Producer>();
  readonly #consumers = new Set<types.Consumer>();
  readonly #lateStart: LateStart;
  #closed = false;

  /** On a device that is loaded with the capabilities of this set-up's router. */
  constructor(setup: MediaSetup, device: Device, options: MediaSessionOptions) {
    super();
    this.mediaEpoch = setup.mediaEpoch;
    this.dataConsumers = setup.dataConsumers;
    this.offered = offeredRoutes(setup);
    this.#signaling = options.signaling;
    this.#device = device;
    const common = {
      iceServers: setup.iceServers,
      ...(options.iceTransportPolicy ? { iceTransportPolicy: options.iceTransportPolicy } : {}),
    };
    this.#transports = {
      send: device.createSendTransport({ ...transportOptions(setup.sendTransport), ...common }),
      recv: device.createRecvTransport({ ...transportOptions(setup.recvTransport), ...common }),
    };
    this.#lateStart = new LateStart({
      signaling: options.signaling,
      iceServers: setup.iceServers,
      transportId: (direction) => this.transportId(direction),
      restartIce: (...args) => this.restartIce(...args),
    });
    this.#listen('send');
    this.#listen('recv');
    tellServerOfProducing(this.#transports.send, options.signaling);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Those that are open; `appData`: ProducerData. */
  get producers(): ReadonlySet<types.Producer> {
    return this.#producers;
  }

  /** Those that are open; `appData`: ConsumerData. */
  get consumers(): ReadonlySet<types.Consumer> {
    return this.#consumers;
  }

  /** What this browser can receive of what the router can send. */
  get recvRtpCapabilities(): RtpCapabilities {
    return this.#device.recvRtpCapabilities as RtpCapabilities;
  }

  get sendRtpCapabilities(): types.RtpCapabilities {
    return this.#device.sendRtpCapabilities;
  }

  /**
   * Sends a track. The track stays the caller's: closing the producer does not stop it.
   *
   * @throws ParleyError as the server answers `produce`.
   */
  async produce(request: ProduceRequest): Promise<types.Producer> {
    const { track, encodings, codecOptions, codec, source, paused, label, replaces } = request;
    const data: ProducerData = {
      source,
      paused,
      ...(label === undefined ? {} : { label }),
      ...(replaces === undefined ? {} : { replaces }),
      ...pictureSize(track),
    };
    const producer = await this.#open('send', (transport) =>
      transport.produce({
        track,
        ...(encodings ? { encodings } : {}),
        ...(codecOptions ? { codecOptions } : {}),
        ...(codec ? { codec } : {}),
        stopTracks: false,
        appData: { ...data },
      }),
    );
    keepWhileOpen(this.#producers, producer);
    this.emit('produced', producer);
    return producer;
  }

  async consume(info: ConsumerInfo): Promise<types.Consumer> {
    const data: ConsumerData = { peerId: info.peerId, source: info.source };
    const consumer = await this.#open('recv', (transport) =>
      transport.consume({
        id: info.consumerId,
        producerId: info.producerId,
        kind: info.kind,
        rtpParameters: info.rtpParameters as types.RtpParameters,
        // Lip-sync within a camera and its microphone, but a screen must not wait for either.
        streamId: `${info.peerId}-${info.source.startsWith('screen') ? 'screen' : 'camera'}`,
        appData: { ...data },
      }),
    );
    keepWhileOpen(this.#consumers, consumer);
    return consumer;
  }

  async produceData(options: { reliable: boolean; label: string }): Promise<types.DataProducer> {
    const { reliable, label } = options;
    return this.#open('send', (transport) =>
      transport.produceData({
        label,
        ordered: reliable,
        ...(reliable ? {} : { maxRetransmits: 0 }),
      }),
    );
  }

  async consumeData(info: DataConsumerInfo): Promise<types.DataConsumer> {
    return this.#open('recv', (transport) =>
      transport.consumeData({
        id: info.dataConsumerId,
        dataProducerId: info.dataProducerId,
        sctpStreamParameters: info.sctpStreamParameters,
        label: info.label,
        protocol: info.protocol,
      }),
    );
  }

  hasTransport(transportId: string): boolean {
    return this.#byId(transportId) !== undefined;
  }

  /** Gives a transport the server's new ICE credentials; queued behind what it is doing. */
  async restartIce(
    transportId: string,
    iceParameters: IceParameters,
    iceServers: IceServer[],
  ): Promise<void> {
    const transport = this.#byId(transportId);
    if (!transport || this.#closed) return;
    if (iceServers.length > 0) await updateIceServers(transport, iceServers);
    await transport.restartIce({ iceParameters });
  }

  transportId(direction: TransportDirection): string {
    return this.#transports[direction].id;
  }

  transportState(direction: TransportDirection): types.ConnectionState {
    return this.#transports[direction].connectionState;
  }

  async getReports(): Promise<Record<TransportDirection, RTCStatsReport>> {
    const { send, recv } = this.#transports;
    const reports = await Promise.all([send.getStats(), recv.getStats()]);
    return { send: reports[0], recv: reports[1] };
  }

  /** Closes both transports and with them whatever was built on them. Idempotent; nothing follows `closed`. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const transport of Object.values(this.#transports)) transport.close();
    this.emit('closed');
  }

  /**
   * What is created on a transport, unless the session closes meanwhile.
   *
   * Nothing settles on a peer connection that was closed (W3C WebRTC section 4.4.1.6), so the closing itself has to
   * tell: mediasoup-client's `consume()` would be waited for without end.
   */
  async #open<T extends { close(): void }>(
    direction: TransportDirection,
    create: (transport: types.Transport) => Promise<T>,
  ): Promise<T> {
    const late = this.#lateStart.before(direction);
    if (late) {
      await late;
      this.#assertOpen();
    }
    let off: (() => void) | undefined;
    const closing = new Promise<never>((_, reject) => {
      off = this.once('closed', () => reject(gone()));
    });
    try {
      const created = await Promise.race([create(this.#transports[direction]), closing]);
      if (!this.#closed) return created;
      created.close();
      throw gone();
    } finally {
      off?.();
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw gone();
  }

  #byId(transportId: string): types.Transport | undefined {
    return Object.values(this.#transports).find((transport) => transport.id === transportId);
  }

  #listen(direction: TransportDirection): void {
    const transport = this.#transports[direction];
    transport.on('connect', ({ dtlsParameters }, callback, errback) => {
      this.#signaling
        .request('connectTransport', {
          transportId: transport.id,
          dtlsParameters,
        })
        .then(callback, (error: unknown) => {
          errback(toError(error));
          // The server accepts DTLS parameters once; whether it got these is unknown.
          if (!this.#closed) this.emit('broken', toError(error));
        });
    });
    transport.on('connectionstatechange', (state) => {
      if (!this.#closed) this.emit('transportState', direction, state);
    });
  }
}

const gone = (): Error => invalidState('the media session is closed');

function keepWhileOpen<T extends types.Producer | types.Consumer>(open: Set<T>, opened: T): void {
  open.add(opened);
  opened.observer.once('close', () => open.delete(opened));
}
