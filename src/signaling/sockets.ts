import type { BroadcastOperator, Server, Socket } from 'socket.io';
import type { ClientToServerEvents, ServerToClientEvents } from '../protocol/events.ts';
import type { Room } from '../sfu/Room.ts';

type NoEvents = Record<string, never>;

export type SignalingIo = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, NoEvents>;
export type SignalingSocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, NoEvents>;
export type SignalingBroadcast = BroadcastOperator<ServerToClientEvents, NoEvents>;

/** Socket.IO's room for all sockets of a conference room. */
export const roomChannel = (room: Room): string => `room:${room.id}`;
/** Socket.IO's room for the one socket of a peer. */
export const peerChannel = (peerId: string): string => `peer:${peerId}`;
