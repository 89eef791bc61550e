import { readNtp, rtpTimestamp } from '../rtp/ntp.ts';
import { findExtension, type RtpHeader } from '../rtp/rtpReader.ts';
import type { InboundTrack } from './InboundTrack.ts';

/** ms; what is longer is a timestamp that the server changed. */
const MAX_ONE_WAY = 10_000;

/**
 * ms that a packet was on its way until it arrived, at a time in Unix ms; null: not known.
 *
 * @param onlyBots Whether its RTP timestamp is of a bot's clock.
 */
export function oneWayTime(
  { captureTimeId, kind, clockRate }: InboundTrack,
  packet: Buffer,
  header: RtpHeader,
  arrivedAt: number,
  onlyBots: boolean,
): number | null {
  if (captureTimeId !== 0) {
    const at = findExtension(packet, header, captureTimeId);
    return at > 0 && header.valueLength >= 8 ? arrivedAt - readNtp(packet, at) : null;
  }
  // Servers that do not forward the extension leave the timestamps of audio, which are the bots' clock.
  if (kind !== 'audio' || !onlyBots) return null;
  const ticks = (rtpTimestamp(arrivedAt, clockRate) - header.timestamp) >>> 0;
  const ms = (ticks * 1000) / clockRate;
  return ms < MAX_ONE_WAY ? ms : null;
}
