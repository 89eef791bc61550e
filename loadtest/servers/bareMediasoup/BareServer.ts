import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createWorker, type types } from 'mediasoup';
import { badRequest, unavailable } from '../../../src/support/errors.ts';
import { BarePeer } from './BarePeer.ts';
import { BareRoom } from './BareRoom.ts';
import { mediaCodecs } from './mediaCodecs.ts';

/** Bytes; as Parley's own sockets have. */
const UDP_BUFFER = 4 * 1024 * 1024;

interface Place {
  worker: types.Worker;
  webRtcServer: types.WebRtcServer;
  rooms: number;
}

/**
 * The least that can be put before mediasoup: rooms, transports, producers and consumers over JSON lines. What a
 * control plane costs is what it uses more than this. No permissions, no recovery, no data channels, no speakers.
 */
export class BareServer {
  readonly #server: Server;
  readonly #places: Place[];
  readonly #rooms = new Map<string, Promise<BareRoom>>();

  private constructor(server: Server, places: Place[]) {
    this.#server = server;
    this.#places = places;
    server.on('connection', (socket) => new BarePeer(socket, (room) => this.#enter(room)));
  }

  /** Listens on a free TCP port of `address`, and with each worker on a free UDP and TCP port of it. */
  static async start({ workers, address }: { workers: number; address: string }): Promise<BareServer> {
    const places = await Promise.all(Array.from({ length: workers }, () => startWorker(address)));
    const server = createServer();
    server.listen({ host: address, port: 0, backlog: 4096 });
    await once(server, 'listening');
    return new BareServer(server, places);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when its workers' processes are gone. */
  async close(): Promise<void> {
    this.#server.close();
    await Promise.all(
      this.#places.map(async ({ worker }) => {
        if (worker.subprocessClosed) return;
        const gone = once(worker, 'subprocessclose');
        worker.close();
        await gone;
      }),
    );
  }

  async #enter(name: unknown): Promise<BareRoom> {
    if (typeof name !== 'string' || name === '') throw badRequest('room: must be a name');
    let room = this.#rooms.get(name);
    if (!room) {
      room = this.#createRoom(name);
      this.#rooms.set(name, room);
      room.catch(() => this.#rooms.delete(name));
    }
    return room;
  }

  async #createRoom(name: string): Promise<BareRoom> {
    const living = this.#places.filter(({ worker }) => !worker.closed);
    const place = living.sort((a, b) => a.rooms - b.rooms)[0];
    if (!place) throw unavailable('all workers died');
    place.rooms += 1;
    const router = await place.worker.createRouter({ mediaCodecs });
    router.observer.once('close', () => {
      place.rooms -= 1;
      this.#rooms.delete(name);
    });
    return new BareRoom(router, place.webRtcServer);
  }
}

async function startWorker(address: string): Promise<Place> {
  const worker = await createWorker({ logLevel: 'warn' });
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [
      { protocol: 'udp', ip: address, recvBufferSize: UDP_BUFFER, sendBufferSize: UDP_BUFFER },
      { protocol: 'tcp', ip: address },
    ],
  });
  return { worker, webRtcServer, rooms: 0 };
}
