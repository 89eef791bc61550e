/** What a server, a room and a peer may use; a request beyond it is refused with `limitExceeded`. */
export interface Limits {
  maxRooms: number;
  /** Peers in all rooms. */
  maxPeers: number;
  /** Media producers in all rooms. */
  maxProducers: number;
  /** bps that all workers send and receive, as measured; above it nobody else is let in. 0: no limit. */
  maxBitrate: number;
  maxPeersPerRoom: number;
  /** Media producers of all peers of a room. */
  maxProducersPerRoom: number;
  /** bps that a room sends and receives, as measured; above it nobody else is let in. 0: no limit. */
  maxBitratePerRoom: number;
  /** Media producers of one peer. */
  maxProducersPerPeer: number;
  /** bps that one peer may send; more is kept down by REMB and transport-cc. */
  maxIncomingBitrate: number;
  /** bps of video that one peer is sent at most, however much its downlink carries. 0: no limit. */
  maxOutgoingBitrate: number;
  /** bps assumed of a peer's downlink until it was measured. */
  initialOutgoingBitrate: number;
  /** Messages that a late joiner gets to read. */
  chatHistory: number;
  /** ms for which a peer is kept without a socket. */
  gracePeriod: number;
  /** ms for which an empty room is kept. */
  emptyRoomGrace: number;
  /** Peers that wait to be let into a room. */
  maxWaiting: number;
  /** ms for which one of them waits. */
  waitingTimeout: number;
  /** ms after which a room that is open to everybody, and has no host any more, gets one. */
  hostGrace: number;
}

export const defaultLimits: Limits = {
  maxRooms: 1000,
  maxPeers: 10_000,
  maxProducers: 50_000,
  maxBitrate: 0,
  maxPeersPerRoom: 100,
  maxProducersPerRoom: 500,
  maxBitratePerRoom: 0,
  maxProducersPerPeer: 16,
  maxIncomingBitrate: 8_000_000,
  maxOutgoingBitrate: 0,
  initialOutgoingBitrate: 1_000_000,
  chatHistory: 200,
  gracePeriod: 45_000,
  emptyRoomGrace: 10_000,
  maxWaiting: 100,
  waitingTimeout: 600_000,
  hostGrace: 30_000,
};
