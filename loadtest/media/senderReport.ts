import { rtpTimestamp, toNtp } from '../rtp/ntp.ts';
import { writeCname, writeSenderReport } from '../rtp/rtcpWriter.ts';

/** What a stream has sent. */
export interface SentCounts {
  packets: number;
  /** Payload bytes. */
  octets: number;
}

/** A compound packet of a sender report and the CNAME (RFC 3550, 6.4.1 and 6.5). */
export function writeReport(
  { ssrc, clockRate, cname }: { ssrc: number; clockRate: number; cname: string },
  { packets, octets }: SentCounts,
  now: number,
): Buffer {
  const report = {
    ssrc,
    ntp: toNtp(now),
    rtpTimestamp: rtpTimestamp(now, clockRate),
    packets,
    octets,
    blocks: [],
  };
  return Buffer.concat([writeSenderReport(report), writeCname(ssrc, cname)]);
}
