import type { SenderLimit } from '../../src/protocol/models.ts';
import type { MediaSession } from './MediaSession.ts';
import { isDecodingTooSlow, senderLimit } from './mediaLimits.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { streamsOf, type StatsReport } from './statsReport.ts';
import { receivedTracks, sentTracks } from './streamKeys.ts';

/** Entries in one report: the protocol's own limits. */
const MOST_SENDING = 64;
const MOST_RECEIVING = 256;

/** Tells the server what only the client can know of the quality: what its encoders and decoders cannot do. */
export class QualityReports {
  readonly #signaling: SignalingClient;
  #session: MediaSession | undefined;
  #earlier: StatsReport | undefined;
  /** What the server last heard, by producer id; it takes what it never heard of for unlimited. */
  readonly #toldSending = new Map<string, SenderLimit>();
  readonly #toldReceiving = new Map<string, boolean>();
  /** What the last look found: a decoder that is late once is not yet too slow, nor quick enough again. */
  readonly #foundReceiving = new Map<string, boolean>();

  constructor(signaling: SignalingClient) {
    this.#signaling = signaling;
  }

  /** @throws ParleyError as the server answers `reportQuality`; what it did not hear is part of the next report. */
  async look(session: MediaSession): Promise<void> {
    if (this.#session !== session) this.#begin(session);
    const isVideo = ({ kind }: { kind: string }): boolean => kind === 'video';
    const sent = sentTracks(session, '').filter(isVideo);
    const received = receivedTracks(session).filter(isVideo);
    forgetAllBut(sent, this.#toldSending);
    forgetAllBut(received, this.#toldReceiving);
    forgetAllBut(received, this.#foundReceiving);
    if (sent.length + received.length === 0) return;

    const reports = await session.getReports();
    const earlier = this.#earlier;
    const [sending, receiving]: [StatsReport, StatsReport] = [reports.send, reports.recv];
    this.#earlier = receiving;
    const limits = sent.map((key) => ({
      producerId: key.producerId,
      limitedBy: senderLimit(streamsOf(sending, key)),
    }));
    const decoders = received.map((key) => {
      const { producerId } = key;
      const stream = streamsOf(receiving, key).at(-1);
      const slow = stream && isDecodingTooSlow(stream, earlier?.get(stream.id));
      return { producerId, cpuLimited: this.#settled(producerId, slow) };
    });
    await this.#tell(
      limits.filter((one) => one.limitedBy !== (this.#toldSending.get(one.producerId) ?? 'none')),
      decoders.filter((one) => one.cpuLimited !== (this.#toldReceiving.get(one.producerId) ?? false)),
    );
  }

  #begin(session: MediaSession): void {
    this.#session = session;
    this.#earlier = undefined;
    this.#toldSending.clear();
    this.#toldReceiving.clear();
    this.#foundReceiving.clear();
  }

  /** What two looks in a row found; what the server knows already until then. */
  #settled(producerId: string, slow: boolean | undefined): boolean {
    const told = this.#toldReceiving.get(producerId) ?? false;
    const before = this.#foundReceiving.get(producerId) ?? told;
    if (slow === undefined) return told;
    this.#foundReceiving.set(producerId, slow);
    return slow === before ? slow : told;
  }

  async #tell(
    limits: { producerId: string; limitedBy: SenderLimit }[],
    decoders: { producerId: string; cpuLimited: boolean }[],
  ): Promise<void> {
    if (limits.length + decoders.length === 0) return;
    const sending = limits.slice(0, MOST_SENDING);
    const receiving = decoders.slice(0, MOST_RECEIVING);
    await this.#signaling.request('reportQuality', { sending, receiving });
    for (const { producerId, limitedBy } of sending) this.#toldSending.set(producerId, limitedBy);
    for (const { producerId, cpuLimited } of receiving) this.#toldReceiving.set(producerId, cpuLimited);
  }
}

function forgetAllBut(keys: readonly { producerId: string }[], told: Map<string, unknown>): void {
  const present = new Set(keys.map(({ producerId }) => producerId));
  for (const producerId of told.keys()) if (!present.has(producerId)) told.delete(producerId);
}
