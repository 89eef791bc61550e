import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
import { Server, type Socket } from 'socket.io';
import { DEFAULT_SETTINGS } from '../../../src/protocol/conduct.ts';
import type { EventName, EventPayloads, RoomFactName } from '../../../src/protocol/events.ts';
import type {
  ConsumerInfo,
  ForwardingSettings,
  MediaSetup,
  PeerInfo,
  ProducerInfo,
  RoomSnapshot,
  TransportInfo,
  VideoCodec,
} from '../../../src/protocol/models.ts';
import type { RequestAnswers, RequestName, RequestPayload } from '../../../src/protocol/requests.ts';
import { notFound, ParleyError, unavailable } from '../../../src/support/errors.ts';

type Script = (payload: unknown, usual: () => unknown) => unknown;

/** Returned by a script: never answer. */
export const SILENCE = Symbol('silence');

/** What Parley tells the whole room, gathered. */
const ROOM_FACTS = {
  peerJoined: true,
  peerLeft: true,
  peerUpdated: true,
  newProducer: true,
  producerClosed: true,
  producerPaused: true,
  producerResumed: true,
  chatMessage: true,
  speakersChanged: true,
  roomConfigured: true,
  recordingChanged: true,
  settingsChanged: true,
  reaction: true,
  roomUpdated: true,
} satisfies Record<RoomFactName, true>;

const PERMISSIONS = {
  canPublish: true,
  canSubscribe: true,
  canPublishData: true,
  canUpdateOwnMetadata: true,
  roomAdmin: true,
};

/**
 * A real Socket.IO server with one client in its one room: answers as Parley does, but obeys the test.
 *
 * The test adds other peers as plain data, tells facts, drops the socket and overrules single answers.
 */
export class ScriptedServer {
  readonly io: Server;
  readonly requests: { name: RequestName; payload: unknown }[] = [];
  peers: PeerInfo[] = [];
  chat: RoomSnapshot['chat'] = [];
  mediaEpoch = 1;
  videoCodec: VideoCodec = 'video/VP8';
  sessionToken: string | undefined;
  peerId = '';
  own: ProducerInfo[] = [];
  /** Consumer id -> producer id. */
  consumers = new Map<string, string>();
  /** Producers that get no consumer when they are asked for. */
  readonly deferring = new Set<string>();
  forwarding: ForwardingSettings = {
    loudest: 4,
    lastN: 25,
    dynacast: true,
    videoCodecs: ['video/VP8'],
    audioBitrate: 0,
    maxOutgoingBitrate: 0,
  };
  transportIds: string[] = [];
  readonly #scripts = new Map<RequestName, Script>();
  readonly #http = createServer();
  #count = 0;

  constructor() {
    this.io = new Server(this.#http);
    this.io.on('connection', (socket) => this.#serve(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return this.url;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await this.io.close();
  }

  /** Overrules the answer to a request: throw, return SILENCE, or call `usual`. */
  on<N extends RequestName>(
    name: N,
    script: (payload: RequestPayload<N>, usual: () => RequestAnswers[N]) => unknown,
  ): void {
    this.#scripts.set(name, script as Script);
  }

  usually(name: RequestName): void {
    this.#scripts.delete(name);
  }

  calls<N extends RequestName>(name: N): RequestPayload<N>[] {
    return this.requests
      .filter((request) => request.name === name)
      .map(({ payload }) => payload as RequestPayload<N>);
  }

  tell<E extends EventName>(event: E, payload: EventPayloads[E]): void {
    if (Object.hasOwn(ROOM_FACTS, event)) this.io.emit('facts', { facts: [[event, payload]] });
    else this.io.emit(event, payload);
  }

  dropSockets(): void {
    for (const socket of this.io.sockets.sockets.values()) socket.conn.close();
  }

  addPeer(name: string): PeerInfo {
    const peer: PeerInfo = { peerId: this.#id(name), name, joinedAt: 1000 + this.#count, producers: [] };
    this.peers.push(peer);
    return peer;
  }

  addProducer(peer: PeerInfo, source: 'camera' | 'microphone'): ProducerInfo {
    const producer: ProducerInfo = {
      producerId: this.#id(`${peer.name}-${source}`),
      peerId: peer.peerId,
      kind: source === 'camera' ? 'video' : 'audio',
      source,
      paused: false,
    };
    peer.producers.push(producer);
    return producer;
  }

  /** A worker died: nothing of this client's media is left, everybody publishes anew. */
  resetMedia(): void {
    this.mediaEpoch += 1;
    this.own = [];
    this.consumers.clear();
    this.transportIds = [];
    for (const peer of this.peers) {
      for (const { producerId } of peer.producers.splice(0)) {
        this.tell('producerClosed', { peerId: peer.peerId, producerId, reason: 'mediaReset' });
      }
    }
    this.tell('mediaReset', { mediaEpoch: this.mediaEpoch });
  }

  snapshot(): RoomSnapshot {
    const self: PeerInfo = { peerId: this.peerId, name: 'Me', joinedAt: 1, producers: this.own };
    return {
      room: 'standup',
      createdAt: 1,
      metadata: '',
      peers: [self, ...this.peers],
      chat: this.chat,
      dominantPeerId: null,
      levels: [],
      mediaEpoch: this.mediaEpoch,
      forwarding: this.forwarding,
      videoCodec: this.videoCodec,
      recording: null,
    };
  }

  /** As the server does for somebody who comes to see or hear a producer that was deferred. */
  giveConsumer(producer: ProducerInfo, change: Partial<ConsumerInfo> = {}): ConsumerInfo {
    const consumer = { ...this.#consumer(producer), ...change };
    this.tell('newConsumer', { consumer });
    return consumer;
  }

  /** From now on everybody should publish with this one. */
  changeVideoCodec(videoCodec: VideoCodec): void {
    this.videoCodec = videoCodec;
    this.tell('roomConfigured', { forwarding: this.forwarding, videoCodec });
  }

  #serve(socket: Socket): void {
    socket.onAny((name: RequestName, payload: unknown, acknowledge: (answer: unknown) => void) => {
      void this.#answer(name, payload, acknowledge);
    });
  }

  async #answer(name: RequestName, payload: unknown, acknowledge: (answer: unknown) => void): Promise<void> {
    this.requests.push({ name, payload });
    try {
      const usual = (): unknown => this.#answers[name](payload as never);
      const script = this.#scripts.get(name);
      const data = await (script ? script(payload, usual) : usual());
      if (data !== SILENCE) acknowledge({ ok: true, data });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      acknowledge({ ok: false, error: error.toWire() });
    }
  }

  readonly #answers: { [N in RequestName]: (payload: RequestPayload<N>) => RequestAnswers[N] } = {
    join: () => {
      this.peerId = this.#id('me');
      this.sessionToken = this.#id('session');
      this.own = [];
      this.consumers.clear();
      return {
        peerId: this.peerId,
        sessionToken: this.sessionToken,
        gracePeriod: 45_000,
        permissions: PERMISSIONS,
        snapshot: this.snapshot(),
        media: this.#setup(),
      };
    },
    resume: ({ sessionToken, mediaEpoch }) => {
      if (sessionToken !== this.sessionToken) throw notFound('no such session');
      const ice = { usernameFragment: this.#id('u'), password: this.#id('p') };
      return {
        snapshot: this.snapshot(),
        permissions: PERMISSIONS,
        consumerIds: [...this.consumers.keys()],
        iceParameters:
          mediaEpoch === this.mediaEpoch ? Object.fromEntries(this.transportIds.map((id) => [id, ice])) : {},
        iceServers: [],
      };
    },
    leave: () => ({}),
    setUpMedia: () => {
      this.own = [];
      this.consumers.clear();
      return this.#setup();
    },
    beginMove: () => {
      this.mediaEpoch += 1;
      return this.#setup();
    },
    endMove: () => ({}),
    connectTransport: () => ({}),
    restartIce: () => ({
      iceParameters: { usernameFragment: this.#id('u'), password: this.#id('p') },
      iceServers: [],
    }),
    produce: ({ kind, source, paused, label, replaces }) => {
      this.own = this.own.filter((producer) => producer.producerId !== replaces);
      const producerId = this.#id(source);
      this.own.push({
        producerId,
        peerId: this.peerId,
        kind,
        source,
        paused: paused ?? false,
        ...(label ? { label } : {}),
      });
      return { producerId };
    },
    resizeProducer: ({ producerId }) => {
      this.#own(producerId);
      return {};
    },
    closeProducer: ({ producerId }) => {
      this.#own(producerId);
      this.own = this.own.filter((producer) => producer.producerId !== producerId);
      return {};
    },
    pauseProducer: ({ producerId }) => {
      this.#own(producerId).paused = true;
      return {};
    },
    resumeProducer: ({ producerId }) => {
      this.#own(producerId).paused = false;
      return {};
    },
    consume: ({ producerIds }) => {
      const all = new Map(
        this.peers.flatMap(({ producers }) => producers.map((p) => [p.producerId, p] as const)),
      );
      const answer: RequestAnswers['consume'] = { consumers: [], deferred: [], refused: [] };
      for (const producerId of producerIds) {
        const producer = all.get(producerId);
        if (this.deferring.has(producerId)) answer.deferred.push(producerId);
        else if (producer) answer.consumers.push(this.#consumer(producer));
        else answer.refused.push({ producerId, error: notFound('no such producer').toWire() });
      }
      return answer;
    },
    pauseConsumers: () => ({}),
    resumeConsumers: ({ consumerIds }) => {
      if (!consumerIds.every((id) => this.consumers.has(id))) throw notFound('no such consumer');
      return {};
    },
    closeConsumers: ({ consumerIds }) => {
      for (const id of consumerIds) this.consumers.delete(id);
      return {};
    },
    unsubscribe: () => ({}),
    setViews: () => ({}),
    setPreferredLayers: () => ({}),
    requestKeyFrame: () => ({}),
    reportQuality: () => ({}),
    produceData: () => ({ dataProducerId: this.#id('data') }),
    closeDataProducer: () => ({}),
    resumeData: () => ({}),
    sendChat: ({ text }) => {
      const message = { messageId: this.#id('chat'), peerId: this.peerId, name: 'Me', text, sentAt: 1 };
      this.chat.push(message);
      this.tell('chatMessage', { message });
      return { message };
    },
    updateSelf: () => ({}),
    configureRoom: ({ loudest, lastN, dynacast, videoCodecs, audioBitrate, maxOutgoingBitrate }) => {
      const { forwarding } = this;
      this.forwarding = {
        loudest: loudest ?? forwarding.loudest,
        lastN: lastN ?? forwarding.lastN,
        dynacast: dynacast ?? forwarding.dynacast,
        videoCodecs: videoCodecs ?? forwarding.videoCodecs,
        audioBitrate: audioBitrate ?? forwarding.audioBitrate,
        maxOutgoingBitrate: maxOutgoingBitrate ?? forwarding.maxOutgoingBitrate,
      };
      this.tell('roomConfigured', { forwarding: this.forwarding, videoCodec: this.videoCodec });
      return { forwarding: this.forwarding };
    },
    startRecording: () => ({ recording: { recordingId: 'recording-1', startedAt: 1 } }),
    stopRecording: () => ({}),
    knock: () => ({ knock: this.#id('knock'), endsIn: 600_000 }),
    setHand: () => ({}),
    sendReaction: () => ({}),
    lowerHands: () => ({}),
    setRole: () => ({}),
    setSpotlight: () => ({}),
    mutePeer: () => ({}),
    muteEveryone: () => ({}),
    askToUnmute: () => ({}),
    changeSettings: ({ password, ...change }) => ({
      settings: { ...DEFAULT_SETTINGS, ...change, hasPassword: typeof password === 'string' },
    }),
    answerKnocks: ({ knockIds }) => ({ answered: knockIds?.length ?? 0 }),
    removePeer: () => ({}),
    closeRoom: () => ({}),
    openNetworkTest: () => {
      throw unavailable('there is no network here');
    },
    connectNetworkTest: () => ({}),
    measureNetwork: () => ({ bytes: 0, bitrate: null }),
    closeNetworkTest: () => ({}),
  };

  #own(producerId: string): ProducerInfo {
    const producer = this.own.find((candidate) => candidate.producerId === producerId);
    if (!producer) throw notFound('no such producer');
    return producer;
  }

  #consumer(producer: ProducerInfo): ConsumerInfo {
    const codecMimeType = producer.kind === 'audio' ? 'audio/opus' : 'video/VP8';
    const { rtpParameters } = fakeParameters.generateConsumerRemoteParameters({ codecMimeType });
    const consumerId = this.#id('consumer');
    this.consumers.set(consumerId, producer.producerId);
    const { producerId, peerId, kind, source, paused } = producer;
    return {
      consumerId,
      producerId,
      peerId,
      kind,
      source,
      rtpParameters: structuredClone(rtpParameters) as ConsumerInfo['rtpParameters'],
      producerPaused: paused,
      type: kind === 'audio' ? 'simple' : 'simulcast',
    };
  }

  #setup(): MediaSetup {
    const sendTransport = this.#transport();
    const recvTransport = this.#transport();
    this.transportIds = [sendTransport.transportId, recvTransport.transportId];
    return {
      mediaEpoch: this.mediaEpoch,
      routerRtpCapabilities: structuredClone(
        fakeParameters.generateRouterRtpCapabilities(),
      ) as MediaSetup['routerRtpCapabilities'],
      sendTransport,
      recvTransport,
      dataConsumers: [true, false].map((reliable, streamId) => ({
        dataConsumerId: this.#id('dataConsumer'),
        dataProducerId: 'down',
        reliable,
        sctpStreamParameters: { streamId, ordered: reliable, ...(reliable ? {} : { maxRetransmits: 0 }) },
        label: reliable ? 'reliable' : 'lossy',
        protocol: '',
      })),
      iceServers: [{ urls: 'stun:stun.example.org' }],
    };
  }

  #transport(): TransportInfo {
    const { iceParameters, iceCandidates, dtlsParameters, sctpParameters } =
      fakeParameters.generateTransportRemoteParameters();
    return {
      transportId: this.#id('transport'),
      iceParameters,
      iceCandidates,
      dtlsParameters,
      ...(sctpParameters ? { sctpParameters } : {}),
    };
  }

  #id(what: string): string {
    this.#count += 1;
    return `${what}-${this.#count}`;
  }
}
