/** What is read of a member of an RTCStatsReport (W3C webrtc-stats); durations are in s, as there. */
export interface Stat {
  readonly id: string;
  readonly type: string;
  /** ms. */
  readonly timestamp: number;
  readonly kind?: string;
  readonly ssrc?: number;
  readonly mid?: string;
  readonly rid?: string;
  readonly active?: boolean;
  readonly codecId?: string;
  readonly remoteId?: string;
  readonly localId?: string;
  readonly mediaSourceId?: string;
  readonly trackIdentifier?: string;
  readonly mimeType?: string;
  readonly selectedCandidatePairId?: string;
  readonly selected?: boolean;
  readonly nominated?: boolean;
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
  readonly candidateType?: string;
  readonly protocol?: string;
  readonly state?: string;
  readonly currentRoundTripTime?: number;
  readonly availableOutgoingBitrate?: number;
  readonly availableIncomingBitrate?: number;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly packetsSent?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly jitter?: number;
  readonly roundTripTime?: number;
  readonly frameWidth?: number;
  readonly frameHeight?: number;
  readonly framesPerSecond?: number;
  readonly framesReceived?: number;
  readonly framesDecoded?: number;
  readonly framesDropped?: number;
  readonly freezeCount?: number;
  readonly totalDecodeTime?: number;
  readonly qualityLimitationReason?: string;
}

/** An RTCStatsReport, which is maplike, with its members typed. */
export type StatsReport = ReadonlyMap<string, Stat>;

/** By what the RTP streams of one track are known. */
export interface StreamKey {
  readonly direction: 'send' | 'receive';
  readonly mid: string | undefined;
  readonly ssrcs: readonly number[];
  readonly trackId: string | undefined;
}

/** The RTP streams of a track in a report: one, or one for each simulcast layer. */
export function streamsOf(report: StatsReport, key: StreamKey): Stat[] {
  const type = key.direction === 'send' ? 'outbound-rtp' : 'inbound-rtp';
  return statsOf(report, type).filter((stat) => belongsTo(report, stat, key));
}

export function statsOf(report: StatsReport, type: string): Stat[] {
  return [...report.values()].filter((stat) => stat.type === type);
}

/** How fast a counter grows, per second; null without an earlier reading. */
export function growth(
  now: Stat,
  before: Stat | undefined,
  count: (stat: Stat) => number | undefined,
): number | null {
  const [current, former] = [count(now), before && count(before)];
  if (current === undefined || former === undefined || !before) return null;
  const elapsed = now.timestamp - before.timestamp;
  // A counter that fell belongs to another stream under the same id.
  return elapsed > 0 && current >= former ? ((current - former) * 1000) / elapsed : null;
}

// Not every browser tells all three, and simulcast has no ssrc that is known beforehand.
function belongsTo(report: StatsReport, stat: Stat, { mid, ssrcs, trackId }: StreamKey): boolean {
  if (stat.ssrc !== undefined && ssrcs.length > 0) return ssrcs.includes(stat.ssrc);
  if (stat.mid !== undefined && mid !== undefined) return stat.mid === mid;
  const source = stat.mediaSourceId === undefined ? undefined : report.get(stat.mediaSourceId);
  const identifier = stat.trackIdentifier ?? source?.trackIdentifier;
  return identifier !== undefined && identifier === trackId;
}
