import type { types } from 'mediasoup';

/** As seen from this server. */
export const DIRECTIONS = ['in', 'out'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const MEDIA_KINDS: readonly types.MediaKind[] = ['audio', 'video'];

/** What was counted of RTP streams; each only grows. */
export interface StreamTotals {
  packets: number;
  /** Not there when they were looked for: on the way in by this server, on the way out by who receives. */
  lost: number;
  /** Sent a second time, because they were asked for. */
  retransmitted: number;
  /** Packets asked for again (RFC 4585 section 6.2.1): on the way in by this server, on the way out by who receives. */
  nacked: number;
  /** Keyframes asked for (PLI, RFC 4585 section 6.3.1, and FIR, RFC 5104 section 4.3.1), by the same. */
  keyFrameRequests: number;
}

/** What the workers of one place in the pool have done so far, whichever of them; it outlives their processes. */
export class WorkerTotals {
  /** Of all that endpoints send and are sent, as far as it was counted. */
  readonly bytes: Record<Direction, number> = { in: 0, out: 0 };
  readonly streams: Record<Direction, Record<types.MediaKind, StreamTotals>> = {
    in: { audio: none(), video: none() },
    out: { audio: none(), video: none() },
  };
  /** Seconds of CPU time. */
  readonly cpu = { user: 0, system: 0 };
}

const none = (): StreamTotals => ({ packets: 0, lost: 0, retransmitted: 0, nacked: 0, keyFrameRequests: 0 });
