import type { Room } from '../sfu/Room.ts';
import type { RoomRegistry } from '../sfu/RoomRegistry.ts';
import { limitExceeded, notFound } from '../support/errors.ts';
import { parse } from '../support/parse.ts';
import type { Logger } from '../support/logger.ts';
import { assertDestination } from './destinations.ts';
import { Egress, type EgressInfo } from './Egress.ts';
import { Ingress, type IngressInfo, type IngressPlace } from './Ingress.ts';
import { egressSchema, ingressSchema } from './requests.ts';

/** ms that a way in is kept without a packet. */
const IDLE = 30_000;

export interface PlainRtpOptions {
  rooms: RoomRegistry;
  /** Where plain RTP is received. */
  place: Omit<IngressPlace, 'idle'> & { idle?: number };
  /** Ways in and out at a time. */
  most: number;
  /** Whether RTP may be sent to private addresses. */
  allowPrivate: boolean;
  logger: Logger;
}

interface Way {
  readonly id: string;
  readonly closed: boolean;
  once(event: 'closed', listener: () => void): unknown;
}

/** The ways in and out of rooms for RTP without a browser; all of a room close with it. */
export class PlainRtp {
  readonly #options: PlainRtpOptions;
  readonly #ingresses = new Map<string, { room: string; way: Ingress }>();
  readonly #egresses = new Map<string, { room: string; way: Egress }>();
  #opening = 0;

  constructor(options: PlainRtpOptions) {
    this.#options = options;
  }

  /** Ways that are there, or are being opened. */
  get size(): number {
    return this.#ingresses.size + this.#egresses.size + this.#opening;
  }

  /**
   * Lets a sender of plain RTP into a room, which is made when it is not there.
   *
   * @throws ParleyError `badRequest` with what is malformed, `limitExceeded`, and as `Room.join`.
   */
  async openIngress(roomName: string, body: unknown): Promise<IngressInfo> {
    const request = parse(ingressSchema, body);
    const { place, rooms, logger } = this.#options;
    const ingress = await this.#open(roomName, this.#ingresses, () =>
      Ingress.open(rooms.getOrCreate(roomName), request, { ...place, idle: place.idle ?? IDLE }),
    );
    logger.info({ room: roomName, ingress: ingress.id }, 'plain RTP is let in');
    return ingress.info();
  }

  /**
   * Sends a track of a room to an address.
   *
   * @throws ParleyError `badRequest`, `notFound`, `forbidden` for an address that nothing is sent to, `limitExceeded`.
   */
  async openEgress(roomName: string, body: unknown): Promise<EgressInfo> {
    const request = parse(egressSchema, body);
    assertDestination(request.ip, this.#options.allowPrivate);
    const room = this.#room(roomName);
    const egress = await this.#open(roomName, this.#egresses, () => Egress.open(room, request));
    this.#options.logger.info({ room: roomName, egress: egress.id, ip: request.ip }, 'plain RTP is sent');
    return egress.info();
  }

  ingresses(roomName: string): IngressInfo[] {
    return inRoom(this.#ingresses, roomName).map((ingress) => ingress.info());
  }

  egresses(roomName: string): EgressInfo[] {
    return inRoom(this.#egresses, roomName).map((egress) => egress.info());
  }

  /** The sender leaves. @throws ParleyError `notFound`. */
  closeIngress(roomName: string, ingressId: string): void {
    find(this.#ingresses, roomName, ingressId).close('left');
  }

  /** @throws ParleyError `notFound`. */
  closeEgress(roomName: string, egressId: string): void {
    find(this.#egresses, roomName, egressId).close();
  }

  #room(name: string): Room {
    const room = this.#options.rooms.rooms.get(name);
    if (!room) throw notFound('no such room');
    return room;
  }

  async #open<T extends Way>(
    room: string,
    ways: Map<string, { room: string; way: T }>,
    open: () => Promise<T>,
  ): Promise<T> {
    const { most } = this.#options;
    if (this.size >= most) throw limitExceeded(`this server has ${most} ways for plain RTP`);
    this.#opening += 1;
    try {
      const way = await open();
      if (way.closed) throw notFound('it closed at once');
      ways.set(way.id, { room, way });
      way.once('closed', () => ways.delete(way.id));
      return way;
    } finally {
      this.#opening -= 1;
    }
  }
}

const inRoom = <T>(ways: Map<string, { room: string; way: T }>, room: string): T[] =>
  [...ways.values()].flatMap((one) => (one.room === room ? one.way : []));

function find<T>(ways: Map<string, { room: string; way: T }>, room: string, id: string): T {
  const found = ways.get(id);
  if (found?.room !== room) throw notFound('no such way for plain RTP');
  return found.way;
}
