/** What a server, a room and a peer may use; a request beyond it is refused with `limitExceeded`. */
export interface Limits {
  maxRooms: number;
  maxPeersPerRoom: number;
  /** Media producers of one peer. */
  maxProducersPerPeer: number;
  /** bps that one peer may send; more is kept down by REMB and transport-cc. */
  maxIncomingBitrate: number;
  /** bps assumed of a peer's downlink until it was measured. */
  initialOutgoingBitrate: number;
  /** Messages that a late joiner gets to read. */
  chatHistory: number;
  /** ms for which a peer is kept without a socket. */
  gracePeriod: number;
  /** ms for which an empty room is kept. */
  emptyRoomGrace: number;
}

export const defaultLimits: Limits = {
  maxRooms: 1000,
  maxPeersPerRoom: 100,
  maxProducersPerPeer: 16,
  maxIncomingBitrate: 8_000_000,
  initialOutgoingBitrate: 1_000_000,
  chatHistory: 200,
  gracePeriod: 45_000,
  emptyRoomGrace: 10_000,
};
