import type { WireError } from '../../../src/protocol/errors.ts';
import type {
  ConsumerInfo,
  DtlsParameters,
  MediaKind,
  MediaSource,
  ProducerInfo,
  RtpCapabilities,
  RtpParameters,
  TransportInfo,
} from '../../../src/protocol/models.ts';

/*
 * What the bare server and its bots say to each other: JSON over TCP, a message a line. A request is answered under
 * its id, with `data` or with `error`; events carry no id. There is no resuming: whoever closes the socket has left.
 */

export interface BareProducer extends ProducerInfo {
  /** The publisher's display name. */
  name: string;
}

export interface Requests {
  /** First, once. */
  join: {
    data: { room: string; name: string };
    answer: {
      peerId: string;
      routerRtpCapabilities: RtpCapabilities;
      sendTransport: TransportInfo;
      recvTransport: TransportInfo;
      producers: BareProducer[];
      /** The new one included. */
      peers: number;
      mediasoup: string;
    };
  };
  connect: { data: { transportId: string; dtlsParameters: DtlsParameters }; answer: Empty };
  produce: {
    data: { kind: MediaKind; source: MediaSource; rtpParameters: RtpParameters; paused: boolean };
    answer: { producerId: string };
  };
  /** The consumers are created paused. */
  consume: {
    data: { producerIds: string[]; rtpCapabilities: RtpCapabilities };
    answer: { consumers: ConsumerInfo[]; refused: { producerId: string; error: WireError }[] };
  };
  /** Own producers and consumers, by their ids; so `pause` and `close`. */
  resume: { data: { ids: string[] }; answer: Empty };
  pause: { data: { ids: string[] }; answer: Empty };
  close: { data: { ids: string[] }; answer: Empty };
  setPreferredLayers: { data: { consumerId: string; spatialLayer: number }; answer: Empty };
}

export interface Events {
  newProducer: BareProducer;
  /** Consumers of it are gone. */
  producerClosed: { producerId: string };
  producerPaused: { producerId: string; paused: boolean };
  peers: { count: number };
}

export type Method = keyof Requests;
export type Empty = Record<string, never>;

export interface RequestMessage {
  id: number;
  method: Method;
  data: unknown;
}

export type ServerMessage =
  | { id: number; data: unknown }
  | { id: number; error: WireError }
  | { [E in keyof Events]: { event: E; data: Events[E] } }[keyof Events];
