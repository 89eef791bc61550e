import { conflict, invalidState } from '../../support/errors.ts';
import type { ClusterRooms } from '../cluster.ts';
import { assertRoomName } from '../roomNames.ts';
import { toBody } from '../messageBody.ts';
import type { Envelope } from './envelope.ts';
import type { Heartbeat } from './Heartbeat.ts';
import type { Outbox } from './Outbox.ts';
import { MISSED } from './outgoing.ts';
import type { RedisConnection } from './RedisConnection.ts';
import { RedisRoom } from './RedisRoom.ts';
import { LOCATE, RENEW_ROOMS } from './scripts.ts';
import { KEEP } from './times.ts';

/** Rooms that are looked at in one go. */
const CHUNK = 100;

/**
 * The rooms that this node is in. What it knows itself is what counts: Redis is told again whenever it may have
 * forgotten.
 */
export class RedisRooms implements ClusterRooms {
  readonly #id: string;
  readonly #connection: RedisConnection;
  readonly #heartbeat: Heartbeat;
  readonly #outbox: Outbox;
  readonly #rooms = new Map<string, RedisRoom>();
  #closed = false;

  constructor(options: { id: string; connection: RedisConnection; heartbeat: Heartbeat; outbox: Outbox }) {
    this.#id = options.id;
    this.#connection = options.connection;
    this.#heartbeat = options.heartbeat;
    this.#outbox = options.outbox;
    options.heartbeat.nodes.on('nodeLeft', (id) => {
      for (const room of [...this.#rooms.values()]) room.memberLeft(id);
    });
  }

  get names(): string[] {
    return [...this.#rooms.keys()];
  }

  enter(name: string): RedisRoom {
    if (this.#closed) throw invalidState('this node has left the cluster');
    assertRoomName(name);
    if (this.#rooms.has(name)) throw conflict(`this node is in the room ${name} already`);
    const room = new RedisRoom(name, this.#outbox, () => this.#rooms.delete(name));
    this.#rooms.set(name, room);
    this.#register(room);
    return room;
  }

  async locate(name: string): Promise<string[]> {
    assertRoomName(name);
    return (await this.#connection.run(LOCATE, [name])) as string[];
  }

  /** Registers in all rooms again, because registrations or messages may be missing. */
  refresh(): void {
    for (const room of this.#rooms.values()) this.#register(room);
  }

  /** Tells the other members of all rooms that messages of this node may be missing. */
  admitMissing(): void {
    for (const target of this.#rooms.keys()) this.#outbox.post({ kind: 'room', target, body: MISSED });
  }

  /** Keeps the registrations, and mends what is not there any more. @throws ParleyError `unavailable`. */
  async renew(): Promise<void> {
    const names = [...this.#rooms.values()].filter(({ isEntered }) => isEntered).map(({ name }) => name);
    for (let i = 0; i < names.length; i += CHUNK) {
      const args = [this.#id, KEEP, ...names.slice(i, i + CHUNK)];
      const missing = (await this.#connection.run(RENEW_ROOMS, args)) as string[];
      for (const name of missing) {
        const room = this.#rooms.get(name);
        if (room && !this.#isClosed()) this.#register(room);
      }
    }
  }

  received(envelope: Envelope, from: string, name: string): void {
    const room = this.#rooms.get(name);
    if (envelope.kind === 'joined') this.#heartbeat.nodes.learn(envelope.node);
    if (envelope.kind === 'entered') for (const node of envelope.members) this.#heartbeat.nodes.learn(node);
    // What was on its way when this node left.
    if (!room) return;
    switch (envelope.kind) {
      case 'message':
        room.received(from, envelope.type, envelope.data);
        return;
      case 'joined':
        room.memberJoined(from);
        return;
      case 'left':
        room.memberLeft(from);
        return;
      case 'entered':
        room.entered(envelope.members.map(({ id }) => id));
        return;
      case 'missed':
        room.resync(from);
        return;
      default:
        return;
    }
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const room of [...this.#rooms.values()]) room.close();
  }

  #isClosed(): boolean {
    return this.#closed;
  }

  #register({ name }: RedisRoom): void {
    const body = toBody({ kind: 'joined', node: this.#heartbeat.info } satisfies Envelope);
    this.#outbox.post({ kind: 'enter', target: name, body });
  }
}
