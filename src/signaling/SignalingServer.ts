import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClientPlacement } from '../cluster/ClientPlacement.ts';
import type { Drain } from '../cluster/Drain.ts';
import type { PeerOrders } from '../cluster/PeerOrders.ts';
import type { SharedRooms } from '../cluster/SharedRooms.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';
import type { IceServer, RecordingInfo } from '../protocol/models.ts';
import type { DefinedRooms } from '../sfu/DefinedRooms.ts';
import type { NetworkTests } from '../sfu/networkTest/NetworkTests.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import type { Logger } from '../support/logger.ts';
import type { AccessTokens } from '../access/AccessTokens.ts';
import { Activity } from './Activity.ts';
import { endFloods, endUnread, handshakeError, oneSocketEach } from './connections.ts';
import { clientAddress } from './clientAddress.ts';
import { Doorkeeper } from './Doorkeeper.ts';
import { Farewells } from './Farewells.ts';
import { Handoffs } from './Handoffs.ts';
import { NetworkTestDoor } from './NetworkTestDoor.ts';
import { PeerSession } from './PeerSession.ts';
import { RequestRates } from './RequestRates.ts';
import { broadcastRooms } from './roomBroadcast.ts';
import { Sessions } from './Sessions.ts';
import type { SignalingIo } from './sockets.ts';

/** Bytes of one message: the largest rightful one carries RTP capabilities or a long token. */
const MAX_MESSAGE_BYTES = 131_072;
/** ms within which a request is answered, come what may. */
const REQUEST_DEADLINE = 10_000;

/** What moderators ask to record their room. */
export interface Recorder {
  start(room: string): Promise<RecordingInfo>;
  end(room: string): Promise<void>;
}

/** What handlers work with. */
export interface SignalingServices {
  readonly rooms: RoomRegistry;
  /** The same rooms on other nodes. */
  readonly shared: SharedRooms;
  /** What they were defined to be. */
  readonly defined: DefinedRooms;
  /** What hosts want of a peer. */
  readonly orders: PeerOrders;
  readonly doorkeeper: Doorkeeper;
  readonly placement: ClientPlacement;
  readonly tokens: AccessTokens;
  readonly sessions: Sessions;
  readonly drain: Drain;
  readonly farewells: Farewells;
  readonly handoffs: Handoffs;
  readonly networkTests: NetworkTestDoor;
  /** STUN and TURN servers for a peer, with credentials that are made for it and are fresh. */
  readonly iceServersFor: (peerId: string) => IceServer[];
  readonly activity: Activity;
  readonly recordings: Recorder | undefined;
  readonly logger: Logger;
  /** ms within which a request is answered. */
  readonly requestDeadline: number;
  /** That a client's request comes from. */
  addressOf(request: IncomingMessage): string;
  readonly rates: RequestRates;
}

export interface SignalingServerOptions {
  httpServer: HttpServer;
  rooms: RoomRegistry;
  shared: SharedRooms;
  defined: DefinedRooms;
  orders: PeerOrders;
  cluster: Pick<Cluster, 'nodes' | 'bus'>;
  /** Which node is to serve whoever joins. */
  placement: ClientPlacement;
  tokens: AccessTokens;
  drain: Drain;
  networkTests: NetworkTests;
  iceServersFor: (peerId: string) => IceServer[];
  /** Absent: nothing is recorded. */
  recordings?: Recorder;
  /** Proxies in front whose word is taken for where a client is. Default: none. */
  trustProxy?: number;
  /** Whether a page of this origin may connect; requests without an origin come from no page. */
  isOriginAllowed: (origin: string, request: IncomingMessage) => boolean;
  /** ms within which a request is answered. Default 10 s. */
  requestDeadline?: number;
  logger: Logger;
}

/** The sockets' side of the server: Socket.IO, one PeerSession per connection. */
export class SignalingServer {
  readonly activity = new Activity();
  readonly #io: SignalingIo;
  readonly #sessions = new Sessions();
  readonly #handoffs: Handoffs;
  #closed = false;

  constructor(options: SignalingServerOptions) {
    const { httpServer, rooms, cluster, tokens, drain, iceServersFor, isOriginAllowed, logger } = options;
    this.#handoffs = new Handoffs({ cluster, drain, sessions: this.#sessions, activity: this.activity });
    const services: SignalingServices = {
      rooms,
      shared: options.shared,
      defined: options.defined,
      orders: options.orders,
      doorkeeper: new Doorkeeper(options.shared.orders),
      placement: options.placement,
      tokens,
      sessions: this.#sessions,
      drain,
      farewells: new Farewells({ drain, sessions: this.#sessions, tokens }),
      handoffs: this.#handoffs,
      networkTests: new NetworkTestDoor(options.networkTests),
      iceServersFor,
      activity: this.activity,
      recordings: options.recordings,
      logger,
      requestDeadline: options.requestDeadline ?? REQUEST_DEADLINE,
      addressOf: (request) => clientAddress(request, options.trustProxy ?? 0),
      rates: new RequestRates(),
    };
    this.#io = new Server(httpServer, {
      serveClient: false,
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      connectTimeout: 10_000,
      // A client that vanished is noticed after 15 s on average, and after 25 s at the latest.
      pingInterval: 20_000,
      pingTimeout: 5_000,
      cors: { origin: true },
      // CORS alone does not keep a foreign page's WebSocket out.
      allowRequest: (request, callback) => {
        const { origin } = request.headers;
        callback(null, !isJsonp(request) && (origin === undefined || isOriginAllowed(origin, request)));
      },
    });
    endUnread(this.#io, ({ remoteAddress }) => {
      this.activity.connectionEnded('unread');
      logger.warn({ remoteAddress }, 'a client does not read, ending its connection');
    });
    endFloods(this.#io, ({ remoteAddress }) => {
      this.activity.connectionEnded('flood');
      logger.warn({ remoteAddress }, 'a client floods, ending its connection');
    });
    oneSocketEach(this.#io);
    this.#io.use((socket, next) => {
      const { protocol } = socket.handshake.auth as { protocol?: unknown };
      if (protocol === PROTOCOL_VERSION) next();
      else next(handshakeError(`this server speaks protocol ${PROTOCOL_VERSION}`));
    });
    this.#io.on('connection', (socket) => {
      this.activity.socketAccepted();
      new PeerSession(socket, services);
    });
    broadcastRooms(this.#io, rooms);
  }

  /** Connected sockets, joined or not. */
  get connections(): number {
    return this.#io.of('/').sockets.size;
  }

  /** Peers that can be resumed. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /** Disconnects all sockets, in this very turn, and closes the HTTP server beneath. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#handoffs.close();
    await this.#io.close();
  }
}

/** Engine.IO's transport for old browsers: a script element, with which a foreign page sends no origin. */
function isJsonp(request: IncomingMessage): boolean {
  return new URL(request.url ?? '', 'http://any').searchParams.has('j');
}
