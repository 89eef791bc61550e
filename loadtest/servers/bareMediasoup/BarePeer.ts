import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { version, type types } from 'mediasoup';
import type { RtpCapabilities, RtpParameters, TransportInfo } from '../../../src/protocol/models.ts';
import { badRequest, invalidState, notFound, ParleyError } from '../../../src/support/errors.ts';
import type { BareRoom } from './BareRoom.ts';
import { onLine } from './lines.ts';
import type { BareProducer, Empty, Method, RequestMessage, Requests } from './messages.ts';

/** As Parley's (`src/sfu/limits.ts`) for a bot, which wants no data: the same transports cost the same. */
const INITIAL_OUTGOING_BITRATE = 1_000_000;
const MAX_INCOMING_BITRATE = 8_000_000;

type Handlers = { [M in Method]: (data: Requests[M]['data']) => Promise<Requests[M]['answer']> };

const done: Empty = {};

/** One socket: its pair of transports, and what is on them. */
export class BarePeer {
  readonly #socket: Socket;
  readonly #enter: (room: string) => Promise<BareRoom>;
  readonly #id = randomUUID();
  readonly #producers = new Map<string, { producer: types.Producer; info: BareProducer }>();
  readonly #consumers = new Map<string, types.Consumer>();
  #name = '';
  #joining = false;
  #room: BareRoom | undefined;
  #send: types.WebRtcTransport | undefined;
  #recv: types.WebRtcTransport | undefined;

  constructor(socket: Socket, enter: (room: string) => Promise<BareRoom>) {
    this.#socket = socket;
    this.#enter = enter;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#left());
    onLine(socket, (line) => void this.#received(line));
  }

  producers(): BareProducer[] {
    return [...this.#producers.values()].map(({ info }) => info);
  }

  producer(producerId: string): BareProducer | undefined {
    return this.#producers.get(producerId)?.info;
  }

  write(line: string): void {
    if (this.#socket.writable) this.#socket.write(line);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #received(line: string): Promise<void> {
    let request: Partial<RequestMessage>;
    try {
      request = JSON.parse(line) as RequestMessage;
      if (typeof request.id !== 'number') throw new TypeError('no id');
    } catch {
      this.#socket.destroy();
      return;
    }
    const { id, method, data } = request;
    const answer = await this.#handle(method, data).then(
      (result) => ({ id, data: result }),
      (error: unknown) => ({ id, error: coded(error).toWire() }),
    );
    this.write(`${JSON.stringify(answer)}\n`);
  }

  async #handle(method: Method | undefined, data: unknown): Promise<unknown> {
    if (method === undefined || !Object.hasOwn(this.#handlers, method)) throw badRequest('no such request');
    const handler = this.#handlers[method] as (data: unknown) => Promise<unknown>;
    return handler(data);
  }

  // What mediasoup does not check itself fails as a TypeError, and so as `badRequest`.
  readonly #handlers: Handlers = {
    join: async ({ room: name, name: displayName }) => {
      if (this.#joining) throw invalidState('joined already');
      this.#joining = true;
      this.#name = displayName;
      const room = await this.#enter(name);
      this.#room = room;
      // Before the transports are there, so that the room is not closed meanwhile; the answer makes up for all events.
      room.add(this);
      this.#send = await createTransport(room);
      this.#recv = await createTransport(room);
      await this.#send.setMaxIncomingBitrate(MAX_INCOMING_BITRATE);
      if (this.#socket.destroyed) this.#left();
      return {
        peerId: this.#id,
        routerRtpCapabilities: room.router.rtpCapabilities as RtpCapabilities,
        sendTransport: transportInfo(this.#send),
        recvTransport: transportInfo(this.#recv),
        producers: room.producers(),
        peers: room.size,
        mediasoup: version,
      };
    },
    connect: async ({ transportId, dtlsParameters }) => {
      const transport = [this.#send, this.#recv].find((each) => each?.id === transportId);
      if (!transport) throw notFound('no such transport');
      await transport.connect({ dtlsParameters });
      return done;
    },
    produce: async ({ kind, source, rtpParameters, paused }) => {
      const { room, transport } = this.#on(this.#send);
      const parameters = rtpParameters as types.RtpParameters;
      const producer = await transport.produce({
        kind,
        rtpParameters: parameters,
        paused,
        appData: { source },
      });
      const info = { producerId: producer.id, peerId: this.#id, name: this.#name, kind, source, paused };
      this.#producers.set(producer.id, { producer, info });
      producer.observer.once('close', () => {
        this.#producers.delete(producer.id);
        room.tell(this, 'producerClosed', { producerId: producer.id });
      });
      room.tell(this, 'newProducer', info);
      return { producerId: producer.id };
    },
    consume: async ({ producerIds, rtpCapabilities }) => {
      const answer: Requests['consume']['answer'] = { consumers: [], refused: [] };
      await Promise.all(
        producerIds.map(async (producerId) => {
          try {
            answer.consumers.push(await this.#consume(producerId, rtpCapabilities as types.RtpCapabilities));
          } catch (error) {
            answer.refused.push({ producerId, error: coded(error).toWire() });
          }
        }),
      );
      return answer;
    },
    resume: async ({ ids }) => this.#each(ids, (media) => media.resume(), false),
    pause: async ({ ids }) => this.#each(ids, (media) => media.pause(), true),
    close: async ({ ids }) =>
      this.#each(ids, (media) => {
        media.close();
        return Promise.resolve();
      }),
    setPreferredLayers: async ({ consumerId, spatialLayer }) => {
      const consumer = this.#consumers.get(consumerId);
      if (!consumer) throw notFound('no such consumer');
      await consumer.setPreferredLayers({ spatialLayer });
      return done;
    },
  };

  async #consume(
    producerId: string,
    rtpCapabilities: types.RtpCapabilities,
  ): Promise<Requests['consume']['answer']['consumers'][number]> {
    const { room, transport } = this.#on(this.#recv);
    const info = room.publisherOf(producerId);
    if (!info) throw notFound('no such producer');
    const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true });
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    return {
      consumerId: consumer.id,
      producerId,
      peerId: info.peerId,
      kind: consumer.kind,
      source: info.source,
      rtpParameters: consumer.rtpParameters as RtpParameters,
      producerPaused: consumer.producerPaused,
      type: consumer.type,
    };
  }

  async #each(
    ids: string[],
    action: (media: types.Producer | types.Consumer) => Promise<void>,
    paused?: boolean,
  ): Promise<Empty> {
    await Promise.all(
      ids.map(async (id) => {
        const own = this.#producers.get(id);
        const media = own?.producer ?? this.#consumers.get(id);
        if (!media) throw notFound('no such producer or consumer');
        await action(media);
        if (!own || paused === undefined) return;
        own.info.paused = paused;
        this.#room?.tell(this, 'producerPaused', { producerId: id, paused });
      }),
    );
    return done;
  }

  #on(transport: types.WebRtcTransport | undefined): { room: BareRoom; transport: types.WebRtcTransport } {
    if (!this.#room || !transport) throw invalidState('not joined');
    return { room: this.#room, transport };
  }

  #left(): void {
    this.#send?.close();
    this.#recv?.close();
    this.#room?.remove(this);
    if (this.#room?.size === 0) this.#room.router.close();
  }
}

function createTransport({ router, webRtcServer }: BareRoom): Promise<types.WebRtcTransport> {
  return router.createWebRtcTransport({
    webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
  });
}

function transportInfo(transport: types.WebRtcTransport): TransportInfo {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return { transportId: id, iceParameters, iceCandidates, dtlsParameters };
}

function coded(error: unknown): ParleyError {
  if (error instanceof ParleyError) return error;
  return badRequest(error instanceof Error ? error.message : String(error), { cause: error });
}
