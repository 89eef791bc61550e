import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useSdesMid,
  type RTCRtpReceiver,
  type RtpPacket,
} from 'werift';

type Kind = 'audio' | 'video';

export interface WhipServerOptions {
  /** The bearer token that everybody needs; absent: none. */
  token?: string;
  /** Those that there are; absent: all. */
  rooms?: readonly string[];
  /** `false`: answers name no SSRCs, so that packets have to tell. */
  namesSsrcs?: boolean;
  /** Packets have no MID, so that their payload types alone tell. */
  sendsMids?: boolean;
  /** Wants the role that bots have. */
  isDtlsClient?: boolean;
}

interface Resource {
  connection: RTCPeerConnection;
  close: () => void;
}

/** What a publisher of a room sends, and who gets it. */
interface Room {
  sources: Map<Kind, { receiver: RTCRtpReceiver; ssrc: number }>;
  viewers: Set<ReadonlyMap<Kind, MediaStreamTrack>>;
}

const codecs = {
  audio: [new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 })],
  video: [
    new RTCRtpCodecParameters({
      mimeType: 'video/VP8',
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    }),
  ],
};

/**
 * A WHIP and WHEP server on werift's own WebRTC: `POST /whip/<room>` takes a stream, `POST /whep/<room>` plays it,
 * `/moved/...` redirects there.
 */
export class WhipServer {
  /** Every request, as `POST /whip/room 201`. */
  readonly log: string[] = [];
  readonly offers: string[] = [];
  readonly #options: WhipServerOptions;
  readonly #http: Server;
  readonly #rooms = new Map<string, Room>();
  readonly #resources = new Map<string, Resource>();

  private constructor(options: WhipServerOptions) {
    this.#options = options;
    this.#http = createServer((request, response) => {
      this.#answer(request, response)
        .catch((error: unknown) => {
          response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
        })
        .finally(() => this.log.push(`${request.method} ${request.url} ${response.statusCode}`));
    });
  }

  static async listen(options: WhipServerOptions = {}): Promise<WhipServer> {
    const server = new WhipServer(options);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Sessions that nobody has ended. */
  get sessions(): number {
    return this.#resources.size;
  }

  async close(): Promise<void> {
    for (const { close } of this.#resources.values()) close();
    this.#resources.clear();
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { token, rooms } = this.#options;
    const [, what = '', id = ''] = (request.url ?? '').split('/');
    const refuse = (status: number, reason: string, headers = {}): void =>
      void response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(reason);
    if (what === 'moved') {
      refuse(307, 'elsewhere', { location: (request.url ?? '').slice('/moved'.length) });
      return;
    }
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      refuse(401, 'who is it?');
      return;
    }
    if (what === 'session' && request.method === 'DELETE') {
      const resource = this.#resources.get(id);
      if (!resource) {
        refuse(404, 'no such session');
        return;
      }
      resource.close();
      this.#resources.delete(id);
      response.end();
      return;
    }
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/sdp') {
      refuse(415, 'an offer is wanted');
      return;
    }
    if (rooms && !rooms.includes(id)) {
      refuse(404, 'no such room');
      return;
    }
    const room = this.#rooms.get(id) ?? { sources: new Map(), viewers: new Set() };
    this.#rooms.set(id, room);
    // draft-ietf-wish-whep: nothing to be seen yet.
    if (what === 'whep' && room.sources.size === 0) {
      refuse(409, 'not live', { 'retry-after': '1' });
      return;
    }
    const offer = (await request.toArray()).join('');
    this.offers.push(offer);
    const resource = what === 'whip' ? this.#take(room) : this.#play(room, offer);
    const session = randomUUID();
    this.#resources.set(session, resource);
    response
      .writeHead(201, {
        'content-type': 'application/sdp',
        location: `/session/${session}`,
        etag: `"${session}"`,
      })
      .end(await this.#negotiate(resource.connection, offer));
  }

  #connection(): RTCPeerConnection {
    const mids = this.#options.sendsMids === false ? [] : [useSdesMid()];
    return new RTCPeerConnection({
      codecs,
      headerExtensions: { audio: mids, video: mids },
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
  }

  async #negotiate(connection: RTCPeerConnection, offer: string): Promise<string> {
    await connection.setRemoteDescription({ type: 'offer', sdp: offer });
    // werift answers an active offer with active, which RFC 8842 (5.3) forbids.
    if (this.#options.isDtlsClient !== true)
      for (const transport of connection.dtlsTransports) transport.role = 'server';
    await connection.setLocalDescription(await connection.createAnswer());
    const sdp = connection.localDescription?.sdp ?? '';
    return this.#options.namesSsrcs === false ? sdp.replace(/a=ssrc[^\n]*\n/g, '') : sdp;
  }

  #take(room: Room): Resource {
    const connection = this.#connection();
    connection.ontrack = ({ track, receiver }): void => {
      const kind = track.kind as Kind;
      track.onReceiveRtp.subscribe((packet: RtpPacket) => {
        if (!room.sources.has(kind)) room.sources.set(kind, { receiver, ssrc: packet.header.ssrc });
        packet.header.extensions = [];
        for (const viewer of room.viewers) viewer.get(kind)?.writeRtp(packet);
      });
    };
    return {
      connection,
      close: () => {
        room.sources.clear();
        void connection.close();
      },
    };
  }

  #play(room: Room, offer: string): Resource {
    const connection = this.#connection();
    const tracks = new Map<Kind, MediaStreamTrack>();
    for (const kind of ['audio', 'video'] as const) {
      if (!offer.includes(`m=${kind} `)) continue;
      const track = new MediaStreamTrack({ kind });
      const { sender } = connection.addTransceiver(track, { direction: 'sendonly' });
      if (kind === 'video') sender.onPictureLossIndication.subscribe(() => requestKeyFrame(room));
      tracks.set(kind, track);
    }
    room.viewers.add(tracks);
    return {
      connection,
      close: () => {
        room.viewers.delete(tracks);
        void connection.close();
      },
    };
  }
}

function requestKeyFrame({ sources }: Room): void {
  const video = sources.get('video');
  void video?.receiver.sendRtcpPLI(video.ssrc);
}
