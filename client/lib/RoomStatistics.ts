import type { MediaSession } from './MediaSession.ts';
import type { StatsReport } from './statsReport.ts';
import type { RoomStats } from './statsTypes.ts';
import { receivedTracks, sentTracks } from './streamKeys.ts';
import { connectionStats, trackStats } from './trackStats.ts';

interface Reading {
  session: MediaSession;
  send: StatsReport;
  receive: StatsReport;
}

/** Reads the figures of a media session, with the rates since the reading before. */
export class RoomStatistics {
  #earlier: Reading | undefined;

  /** `peerId`: the local peer's. */
  async read(session: MediaSession | undefined, peerId: string): Promise<RoomStats> {
    const reports = session && !session.closed ? await session.getReports() : undefined;
    if (!session || !reports) {
      return {
        connection: { send: null, receive: null },
        tracks: [],
        raw: { send: null, receive: null },
      };
    }
    const reading: Reading = { session, send: reports.send, receive: reports.recv };
    // The ids of other peer connections mean other streams.
    const earlier = this.#earlier?.session === session ? this.#earlier : undefined;
    this.#earlier = reading;
    return {
      connection: {
        send: connectionStats('send', reading.send, earlier?.send),
        receive: connectionStats('receive', reading.receive, earlier?.receive),
      },
      tracks: [
        ...sentTracks(session, peerId).map((key) => trackStats(key, reading.send, earlier?.send)),
        ...receivedTracks(session).map((key) => trackStats(key, reading.receive, earlier?.receive)),
      ],
      raw: { send: reports.send, receive: reports.recv },
    };
  }
}
