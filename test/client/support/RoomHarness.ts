import { connect } from '../../../client/lib/connect.ts';
import type { ClientEnvironment } from '../../../client/lib/ClientEnvironment.ts';
import type { ConnectOptions, PeerState, RoomEvents } from '../../../client/lib/publicTypes.ts';
import type { RoomClient } from '../../../client/lib/RoomClient.ts';
import { FakeHandlers } from './fakeHandlers.ts';
import { FakeMediaDevices } from './FakeMediaDevices.ts';
import { ScriptedServer } from './ScriptedServer.ts';

const EVENTS: (keyof RoomEvents)[] = [
  'statusChanged',
  'peerJoined',
  'peerLeft',
  'peerUpdated',
  'trackPublished',
  'trackUnpublished',
  'trackSubscribed',
  'trackUnsubscribed',
  'trackMuted',
  'trackUnmuted',
  'localTrackEnded',
  'activeSpeakerChanged',
  'qualityChanged',
  'connectionQualityChanged',
  'audioOnlyChanged',
  'troubleChanged',
  'chatMessage',
  'permissionsChanged',
  'roomUpdated',
  'roomChanged',
  'draining',
  'data',
  'error',
  'closed',
];

/** One room client against a scripted server, and everything it told. */
export class RoomHarness {
  readonly server = new ScriptedServer();
  readonly handlers = new FakeHandlers();
  readonly devices = new FakeMediaDevices();
  readonly told: { event: keyof RoomEvents; args: unknown[] }[] = [];
  readonly #rooms: RoomClient[] = [];

  async start(): Promise<this> {
    await this.server.listen();
    return this;
  }

  /** Joined, and from now on listened to. */
  async connect(
    options: Partial<ConnectOptions> = {},
    environment: Partial<ClientEnvironment> = {},
  ): Promise<RoomClient> {
    const room = await connect(
      { url: this.server.url, room: 'standup', name: 'Me', ...options },
      {
        handlerFactory: this.handlers.factory,
        mediaDevices: this.devices.asMediaDevices(),
        requestTimeout: 400,
        reconnectDelay: 10,
        connectTimeout: 1500,
        ...environment,
      },
    );
    this.#rooms.push(room);
    for (const event of EVENTS) room.on(event, (...args: unknown[]) => this.told.push({ event, args }));
    return room;
  }

  /** Names of the events so far. */
  get events(): string[] {
    return this.told.map(({ event, args }) =>
      event === 'statusChanged' ? `status: ${String(args[0])}` : event,
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#rooms.map((room) => room.leave()));
    await this.server.close();
  }
}

export function self(room: RoomClient): PeerState {
  return room.state.peers.find((peer) => peer.isLocal)!;
}

export function peerOf(room: RoomClient, name: string): PeerState | undefined {
  return room.state.peers.find((peer) => peer.name === name);
}
