import type { Consumer, Producer } from 'mediasoup/types';
import type { Peer } from '../Peer.ts';

/** Differences from which on tracks are looked at anew: a share of packets, and ms. */
const LOSS_STEP = 0.005;
const DELAY_STEP = 20;
/** A share of packets in RTCP is a number of 1/256 (RFC 3550 section 6.4.1). */
const FRACTIONS = 256;
/** ms for which a receiver's report of loss holds: those of sound come every 5 s. */
const REPORT_HOLDS = 6000;

/** How packets travel between a peer and this server, as last measured. */
export interface LinkFacts {
  /** Share of packets lost on the way here, 0 to 1. */
  up: number;
  /** The same on the way there. */
  down: number;
  /** There and back, ms. */
  roundTrip: number;
  /** bps that the downlink carries, by congestion control; undefined without any video. */
  available: number | undefined;
}

/** Measures one peer's connection with at most four questions to its worker. */
export class PeerLink {
  #facts: LinkFacts = { up: 0, down: 0, roundTrip: 0, available: undefined };
  #lossReportedAt = -Infinity;

  get facts(): LinkFacts {
    return this.#facts;
  }

  /**
   * Measures anew, and returns whether anything is different enough to matter. Never rejects.
   *
   * @param upOf Share of packets that the publisher of what a consumer gets lost already.
   */
  async measure(
    peer: Peer,
    producers: readonly Producer[],
    upOf: (consumer: Consumer) => number,
  ): Promise<boolean> {
    const before = this.#facts;
    try {
      const consumer = worst(
        [...peer.consumers.all].map((forwarded) => forwarded.consumer).filter(isFlowing),
      );
      const [up, down] = await Promise.all([
        upLoss(peer, worst(producers.filter(({ paused }) => !paused))),
        downLink(peer, consumer),
      ]);
      const here = Math.max(0, down.fractionLost - (consumer ? upOf(consumer) : 0));
      const now = performance.now();
      if (down.fractionLost > 0) this.#lossReportedAt = now;
      // Feedback that comes late looks like loss too, which the receiver itself would not confirm.
      const isConfirmed = now - this.#lossReportedAt < REPORT_HOLDS;
      this.#facts = {
        up,
        // Congestion control counts on this link alone; a receiver also misses what was never here.
        down: down.loss === undefined ? here : isConfirmed ? down.loss : 0,
        roundTrip: down.roundTrip ?? before.roundTrip,
        available: down.available,
      };
    } catch {
      // Closed meanwhile.
      return false;
    }
    const { up, down, roundTrip } = this.#facts;
    return (
      Math.abs(up - before.up) >= LOSS_STEP ||
      Math.abs(down - before.down) >= LOSS_STEP ||
      Math.abs(roundTrip - before.roundTrip) >= DELAY_STEP
    );
  }
}

const isFlowing = (consumer: Consumer): boolean => !consumer.paused && !consumer.producerPaused;

async function upLoss(peer: Peer, producer: Producer | undefined): Promise<number> {
  if (!producer) return 0;
  const [transport] = await peer.transports.send.getStats();
  if (!transport || transport.rtpRecvBitrate === 0) return 0;
  if (transport.rtpPacketLossReceived !== undefined) return transport.rtpPacketLossReceived;
  const streams = await producer.getStats();
  return Math.max(0, ...streams.map(({ fractionLost }) => fractionLost / FRACTIONS));
}

interface DownLink {
  loss: number | undefined;
  fractionLost: number;
  roundTrip: number | undefined;
  available: number | undefined;
}

async function downLink(peer: Peer, consumer: Consumer | undefined): Promise<DownLink> {
  if (!consumer) return { loss: 0, fractionLost: 0, roundTrip: undefined, available: undefined };
  const [[transport], streams] = await Promise.all([peer.transports.recv.getStats(), consumer.getStats()]);
  const sent = streams.find(({ type }) => type === 'outbound-rtp');
  const isIdle = transport === undefined || transport.rtpSendBitrate === 0;
  return {
    loss: isIdle ? 0 : transport.rtpPacketLossSent,
    fractionLost: (sent?.fractionLost ?? 0) / FRACTIONS,
    roundTrip: sent?.roundTripTime,
    available: transport?.availableOutgoingBitrate,
  };
}

/** The one with the lowest score: mediasoup rates streams by what is lost for good. */
function worst<T extends Consumer | Producer>(streams: readonly T[]): T | undefined {
  const score = (stream: T): number =>
    Array.isArray(stream.score)
      ? Math.min(10, ...stream.score.map(({ score: of }) => of).filter((of) => of > 0))
      : stream.score.score;
  return streams.reduce<T | undefined>(
    (least, stream) => (least === undefined || score(stream) < score(least) ? stream : least),
    undefined,
  );
}
