import { z } from 'zod';
import type { IceServer, TransportInfo } from './models.ts';
import { roomNameSchema } from './roomNameSchema.ts';
import { dtlsParametersSchema } from './rtpSchemas.ts';

const transportId = z.string().min(1).max(64);

/** A test of the ways that media can take, by somebody who has not joined. It ends by itself, and with its socket. */
export const networkTestSchemas = {
  /** For whoever may join this room, which need not be there. */
  openNetworkTest: z.object({
    room: roomNameSchema,
    token: z.string().max(8192).optional(),
    /** As in `join`, like its neighbour. */
    region: z.string().min(1).max(64).optional(),
    placed: z.boolean().default(false),
  }),
  /** Hands over the client's DTLS parameters, once per way. */
  connectNetworkTest: z.object({ transportId, dtlsParameters: dtlsParametersSchema }),
  /**
   * Once per way and direction. `up`: what has arrived of what the client sent over the way's data channel; `down`: the
   * server sends, and answers when it has.
   */
  measureNetwork: z.object({ transportId, direction: z.enum(['up', 'down']) }),
  /** Ends it before its time. */
  closeNetworkTest: z.object({}),
};

/** One way: a transport that has candidates for it alone, and a data channel. */
export interface NetworkTestWay {
  transport: TransportInfo;
  /** Of its data channel, for both directions; it is not announced in the channel (W3C WebRTC, `negotiated`). */
  streamId: number;
}

export interface NetworkTestAnswer {
  udp: NetworkTestWay;
  tcp: NetworkTestWay;
  /** Through a TURN server; absent where there is none. */
  relay?: NetworkTestWay;
  iceServers: IceServer[];
  /** On which the server has media, for UDP and TCP. */
  ports: number[];
  /** ms after which it is over. */
  endsIn: number;
}

export interface NetworkTestAnswers {
  openNetworkTest: NetworkTestAnswer;
  connectNetworkTest: Record<string, never>;
  /** `up`: what arrived, and bps of its later half, null for too little; `down`: what was sent, measured where it arrives. */
  measureNetwork: { bytes: number; bitrate: number | null };
  closeNetworkTest: Record<string, never>;
}
