import type { ErrorCode } from '../protocol/errors.ts';
import type { Peer } from '../sfu/Peer.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';

/** Why a connection was ended that does harm. */
export type ConnectionHarm = 'unread' | 'flood';

interface ActivityEvents {
  socketAccepted: [];
  connectionEnded: [harm: ConnectionHarm];
  /** A request was answered, ms after it came. Its name is what the client sent, whatever that is. */
  requestAnswered: [name: string, code: ErrorCode | 'ok', ms: number];
  /** A peer joined whose socket came at that time, on the clock of `performance.now()`. */
  peerJoined: [peer: Peer, cameAt: number];
  /** A peer that was told to move to another node did so, or stayed. */
  handedOver: [isGone: boolean];
}

/** What the sockets do, for whoever counts it. */
export class Activity extends TypedEmitter<ActivityEvents> {
  socketAccepted(): void {
    this.emit('socketAccepted');
  }

  connectionEnded(harm: ConnectionHarm): void {
    this.emit('connectionEnded', harm);
  }

  requestAnswered(name: string, code: ErrorCode | 'ok', ms: number): void {
    this.emit('requestAnswered', name, code, ms);
  }

  peerJoined(peer: Peer, cameAt: number): void {
    this.emit('peerJoined', peer, cameAt);
  }

  handedOver(isGone: boolean): void {
    this.emit('handedOver', isGone);
  }
}
