import type { AudioSender } from '../media/AudioSender.ts';
import { digestOf, stripDescriptor } from '../media/digest.ts';
import type { VideoSender } from '../media/VideoSender.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import type { Collector } from '../results/Collector.ts';
import type { AccessLink } from '../rtp/AccessLink.ts';
import { beginsKeyFrame, KEY_FRAME_PEEK } from '../rtp/keyFrame.ts';
import { compactNtp, unixTime } from '../rtp/ntp.ts';
import { readRtcp, type ReportBlock } from '../rtp/rtcp.ts';
import { packRtcp, writeNacks, writePictureLoss, writeReceiverReports } from '../rtp/rtcpWriter.ts';
import { findExtension, newRtpHeader, readRtp, type RtpHeader } from '../rtp/rtpReader.ts';
import { TransportFeedback } from '../rtp/TransportFeedback.ts';
import type { VideoCodec } from '../scenario/scenario.ts';
import type { InboundTrack } from './InboundTrack.ts';
import { KeyFrameRequests } from './KeyFrameRequests.ts';
import { oneWayTime } from './oneWayTime.ts';
import { UnboundTracks } from './UnboundTracks.ts';

/** SSRC of mediasoup's probing (`RtpProbationSsrc`): answered in feedback, but no media. */
const PROBATION_SSRC = 1234;
/** One packet in so many is decrypted and checked. */
const SAMPLE_EVERY = 500;
/** One packet in so many tells its one-way time. */
const LATENCY_EVERY = 4;
/** ms that a round trip is taken to last until it was measured. */
const DEFAULT_RTT = 50;

export interface BotTransportOptions {
  endpoint: Endpoint;
  link: AccessLink;
  collector: Collector;
  /** Signs this endpoint's RTCP. */
  ssrc: number;
  /** What bots send, to know a sample again; null: not known. */
  digests: ReadonlySet<number> | null;
}

// Of the packet in hand; one for the whole process, because packets are handled one after the other.
const header: RtpHeader = newRtpHeader();

/** Everything that a bot sends and receives over one endpoint, told apart by SSRC; and the RTCP of both. */
export class BotTransport {
  readonly endpoint: Endpoint;
  readonly #options: BotTransportOptions;
  readonly #feedback: TransportFeedback;
  readonly #tracks = new Map<number, InboundTrack>();
  readonly #repairs = new Map<number, InboundTrack>();
  readonly #unbound = new UnboundTracks();
  readonly #senders = new Map<number, AudioSender | VideoSender>();
  readonly #keyFrames: KeyFrameRequests;
  #transportSequenceId = 0;
  #untilSample = SAMPLE_EVERY;
  #untilLatency = LATENCY_EVERY;
  #rtt = DEFAULT_RTT;
  #told = { sentPackets: 0, sentBytes: 0 };
  #received = { packets: 0, bytes: 0 };

  constructor(options: BotTransportOptions) {
    this.#options = options;
    this.endpoint = options.endpoint;
    this.#feedback = new TransportFeedback(options.ssrc);
    this.#keyFrames = new KeyFrameRequests(options.collector);
    this.endpoint.onRtp = (packet, arrivedAt): void => this.#receive(packet, arrivedAt);
    this.endpoint.onRtcp = (packet, arrivedAt): void => this.#receiveRtcp(packet, arrivedAt);
  }

  addTrack(track: InboundTrack): void {
    if (track.transportSequenceId !== 0) this.#transportSequenceId = track.transportSequenceId;
    this.#unbound.add(track);
    this.#index(track);
  }

  removeTrack(track: InboundTrack): void {
    this.#unbound.delete(track);
    this.#tracks.delete(track.stream.ssrc);
    if (track.stream.rtxSsrc !== undefined) this.#repairs.delete(track.stream.rtxSsrc);
  }

  addSender(ssrcs: readonly number[], sender: AudioSender | VideoSender): void {
    for (const ssrc of ssrcs) this.#senders.set(ssrc, sender);
  }

  removeSender(sender: AudioSender | VideoSender): void {
    for (const [ssrc, known] of this.#senders) if (known === sender) this.#senders.delete(ssrc);
  }

  requestKeyFrame(ssrc: number): void {
    this.endpoint.sendRtcp(writePictureLoss(this.#options.ssrc, ssrc));
  }

  /** ms; of a STUN check. */
  roundTrip(took: number): void {
    this.#rtt = took;
    this.#options.collector.observe('rtt', took);
  }

  /** By the SSRCs that are known of it. */
  #index(track: InboundTrack): void {
    const { ssrc, rtxSsrc } = track.stream;
    if (track.isBound) {
      this.#tracks.set(ssrc, track);
      this.#feedback.mediaSsrc ||= ssrc;
    }
    if (rtxSsrc !== undefined) this.#repairs.set(rtxSsrc, track);
  }

  /** Sends the feedback that is due: every 20 ms or so. */
  tick(now: number): void {
    for (const track of this.#tracks.values()) {
      track.tick(now);
      if (track.stream.missing > 0) this.#sendNacks(track, now);
    }
    if (this.#transportSequenceId !== 0)
      for (const packet of this.#feedback.build(now)) this.endpoint.sendRtcp(packet);
  }

  /** Sends receiver reports and tells the collector: about every second. */
  report(now: number): void {
    const blocks: ReportBlock[] = [];
    for (const track of this.#tracks.values()) {
      const block = track.stream.reportBlock(now);
      if (block) blocks.push(block);
      track.tell(now);
    }
    if (blocks.length > 0)
      for (const datagram of packRtcp(writeReceiverReports(this.#options.ssrc, blocks)))
        this.endpoint.sendRtcp(datagram);
    this.#keyFrames.tell(this.#senders.values());
    this.#tell();
  }

  #tell(): void {
    const { collector, link } = this.#options;
    const { counts } = this.endpoint;
    collector.count('sentPackets', counts.sentPackets - this.#told.sentPackets);
    collector.count('sentBytes', counts.sentBytes - this.#told.sentBytes);
    collector.count('receivedPackets', this.#received.packets);
    collector.count('receivedBytes', this.#received.bytes);
    collector.count('linkLost', link.counts.lost + link.counts.overflowed);
    link.counts.lost = link.counts.overflowed = 0;
    this.#told = { sentPackets: counts.sentPackets, sentBytes: counts.sentBytes };
    this.#received = { packets: 0, bytes: 0 };
  }

  #receive(packet: Buffer, arrivedAt: number): void {
    const { link } = this.#options;
    let now = arrivedAt;
    if (!readRtp(packet, header)) return;
    const { ssrc } = header;
    if (ssrc !== PROBATION_SSRC) {
      this.#received.packets++;
      this.#received.bytes += packet.length;
    }
    if (!link.transparent) {
      const through = link.arrive(packet.length, now);
      if (through === null) return;
      now = through;
    }
    const id = this.#transportSequenceId;
    if (id !== 0) {
      const at = findExtension(packet, header, id);
      if (at > 0) this.#feedback.record(packet.readUInt16BE(at), now, packet.length);
    }
    const track = this.#tracks.get(ssrc) ?? this.#claimed(packet);
    if (track) this.#receiveMedia(track, packet, now);
    else this.#receiveOther(packet, now);
  }

  /** The track that begins with this packet. */
  #claimed(packet: Buffer): InboundTrack | undefined {
    const { ssrc } = header;
    if (this.#unbound.size === 0 || this.#repairs.has(ssrc) || ssrc === PROBATION_SSRC) return undefined;
    const track = this.#unbound.claim(packet, header);
    if (track) this.#index(track);
    return this.#tracks.get(ssrc);
  }

  #receiveMedia(track: InboundTrack, packet: Buffer, now: number): void {
    const { sequence, timestamp, marker, headerLength } = header;
    if (track.isHeld) track.comes(now);
    const unwrapped = track.stream.receive(sequence, timestamp, marker, now);
    if (unwrapped < 0) return;
    if (now >= track.speaksAt) this.#listen(track, packet, now);
    if (--this.#untilLatency <= 0) {
      this.#untilLatency = LATENCY_EVERY;
      this.#measure(track, packet, now);
    }
    const { frames } = track;
    if (frames?.awaitsKeyFrame && frames.startsFrame) {
      const payload = this.endpoint.peekRtp(packet, headerLength, roc(unwrapped), KEY_FRAME_PEEK);
      if (payload && beginsKeyFrame(track.mimeType, payload)) frames.keyFrame(timestamp, now);
    }
    if (track.stream.nackDue) this.#sendNacks(track, now);
    if (--this.#untilSample <= 0) {
      this.#untilSample = SAMPLE_EVERY;
      this.#check(track, packet, headerLength, unwrapped);
    }
    track.arrived(now);
  }

  /** Retransmissions; what belongs to nobody is counted, unless it is a probe. */
  #receiveOther(packet: Buffer, now: number): void {
    const { ssrc, sequence, timestamp, marker, headerLength } = header;
    const track = this.#repairs.get(ssrc);
    if (!track) {
      if (ssrc !== PROBATION_SSRC) this.#options.collector.count('strayPackets');
      return;
    }
    const highest = track.rtxHighest;
    const unwrapped = highest === -1 ? sequence : highest + (((sequence - highest) << 16) >> 16);
    if (unwrapped > highest) track.rtxHighest = unwrapped;
    const osn = this.endpoint.peekRtp(packet, headerLength, roc(unwrapped), 2 + KEY_FRAME_PEEK);
    if (!osn || osn.length < 2) return;
    const original = track.stream.rtx(osn.readUInt16BE(0), timestamp, marker, now);
    if (original < 0) return;
    const { frames } = track;
    if (frames?.awaitsKeyFrame && frames.startsFrame && beginsKeyFrame(track.mimeType, osn.subarray(2)))
      frames.keyFrame(timestamp, now);
    track.arrived(now);
  }

  #measure(track: InboundTrack, packet: Buffer, now: number): void {
    const latency = this.#oneWay(track, packet, now);
    if (latency === null) return;
    for (const histogram of track.latencies) histogram.add(Math.max(latency, 0));
  }

  /** The first packet of somebody who speaks now, or the last of the silence before. */
  #listen(track: InboundTrack, packet: Buffer, now: number): void {
    const took = this.#oneWay(track, packet, now);
    if (took === null) track.speaksAt = Infinity;
    else track.spoke(now, took);
  }

  #oneWay(track: InboundTrack, packet: Buffer, now: number): number | null {
    return oneWayTime(track, packet, header, unixTime(now), this.#options.digests !== null);
  }

  #check(track: InboundTrack, packet: Buffer, headerLength: number, unwrapped: number): void {
    const { collector, digests } = this.#options;
    const payload = this.endpoint.openRtp(packet, headerLength, roc(unwrapped));
    collector.count('samples');
    const codec = track.mimeType.split('/')[1]?.toLowerCase() as VideoCodec | 'opus';
    const known =
      payload !== null && (digests === null || digests.has(digestOf(stripDescriptor(codec, payload))));
    if (!known) collector.count('badSamples');
  }

  #sendNacks(track: InboundTrack, now: number): void {
    const sequences = track.stream.takeNacks(now, this.#rtt);
    if (sequences.length === 0) return;
    for (const nack of writeNacks(this.#options.ssrc, track.stream.ssrc, sequences))
      this.endpoint.sendRtcp(nack);
  }

  #receiveRtcp(compound: Buffer, arrivedAt: number): void {
    for (const packet of readRtcp(compound)) {
      switch (packet.type) {
        case 'senderReport':
          this.#tracks.get(packet.ssrc)?.stream.senderReport(packet.ntp, arrivedAt);
          break;
        case 'receiverReport':
          for (const block of packet.blocks) this.#reportedBack(block, unixTime(arrivedAt));
          break;
        case 'nack':
          this.#senders.get(packet.media)?.nack(packet.media, packet.sequences);
          break;
        case 'pictureLoss':
          this.#askedForKeyFrame(packet.media, arrivedAt);
          break;
        case 'fullIntra':
          for (const { ssrc } of packet.requests) this.#askedForKeyFrame(ssrc, arrivedAt);
          break;
        default:
      }
    }
  }

  #askedForKeyFrame(ssrc: number, now: number): void {
    const sender = this.#senders.get(ssrc);
    if (!sender || !('requestKeyFrame' in sender)) return;
    this.#keyFrames.asked(ssrc, now);
    sender.requestKeyFrame();
  }

  /** Round trip of a sender report (RFC 3550, 6.4.1). */
  #reportedBack({ lastSenderReport, delaySinceLastSenderReport }: ReportBlock, arrivedAt: number): void {
    if (lastSenderReport === 0) return;
    const units = (compactNtp(arrivedAt) - lastSenderReport - delaySinceLastSenderReport) >>> 0;
    const rtt = (units * 1000) / 65_536;
    // Clocks of two hosts that differ make it negative, which is a very large number here.
    if (rtt < 10_000) this.#options.collector.observe('rtt', rtt);
  }
}

/** Rollover counter of an unwrapped sequence number (RFC 3711, 3.3.1). */
function roc(unwrapped: number): number {
  return Math.floor(unwrapped / 0x1_0000);
}
