import type { SenderLimit } from '../../src/protocol/models.ts';
import type { MediaSession } from './MediaSession.ts';
import { isDecodingTooSlow, isNothingArriving, senderLimit } from './mediaLimits.ts';
import type { SignalingClient } from './SignalingClient.ts';
import { streamsOf, type Stat, type StatsReport } from './statsReport.ts';
import { receivedTracks, sentTracks } from './streamKeys.ts';

/** Entries in one report: the protocol's own limits. */
const MOST_SENDING = 64;
const MOST_RECEIVING = 256;

/** What is found of one received track. */
interface Received {
  /** Whether decoding cannot keep up. */
  cpuLimited: boolean;
  /** Whether no packet of it arrives, for whatever reason. */
  missing: boolean;
}

const FINE: Received = { cpuLimited: false, missing: false };

/** Tells the server what only the client can know of the quality: what its encoders and decoders cannot do, and what never arrives. */
export class QualityReports {
  readonly #signaling: SignalingClient;
  #session: MediaSession | undefined;
  #earlier: StatsReport | undefined;
  /** What the server last heard, by producer id; it takes what it never heard of for unlimited. */
  readonly #toldSending = new Map<string, SenderLimit>();
  readonly #toldReceiving = new Map<string, Received>();
  /** What the last look found: a decoder that is late once is not yet too slow, nor quick enough again. */
  readonly #foundReceiving = new Map<string, Received>();

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
    const tracks = received.map((key) => {
      const { producerId } = key;
      const stream = streamsOf(receiving, key).at(-1);
      return { producerId, ...this.#settle(producerId, stream, stream && earlier?.get(stream.id)) };
    });
    await this.#tell(
      limits.filter((one) => one.limitedBy !== (this.#toldSending.get(one.producerId) ?? 'none')),
      tracks.filter(({ producerId, cpuLimited, missing }) => {
        const told = this.#toldReceiving.get(producerId) ?? FINE;
        return cpuLimited !== told.cpuLimited || missing !== told.missing;
      }),
    );
  }

  #begin(session: MediaSession): void {
    this.#session = session;
    this.#earlier = undefined;
    this.#toldSending.clear();
    this.#toldReceiving.clear();
    this.#foundReceiving.clear();
  }

  /** What two looks in a row found, and that packets arrive again at once; what the server knows already until then. */
  #settle(producerId: string, now: Stat | undefined, earlier: Stat | undefined): Received {
    const told = this.#toldReceiving.get(producerId) ?? FINE;
    const before = this.#foundReceiving.get(producerId) ?? told;
    const slow = now && isDecodingTooSlow(now, earlier);
    const missing = now && isNothingArriving(now, earlier);
    this.#foundReceiving.set(producerId, {
      cpuLimited: slow ?? before.cpuLimited,
      missing: missing ?? before.missing,
    });
    return {
      cpuLimited: slow === before.cpuLimited ? slow : told.cpuLimited,
      missing: missing === true && before.missing ? true : missing === false ? false : told.missing,
    };
  }

  async #tell(
    limits: { producerId: string; limitedBy: SenderLimit }[],
    tracks: ({ producerId: string } & Received)[],
  ): Promise<void> {
    if (limits.length + tracks.length === 0) return;
    const sending = limits.slice(0, MOST_SENDING);
    const receiving = tracks.slice(0, MOST_RECEIVING);
    await this.#signaling.request('reportQuality', { sending, receiving });
    for (const { producerId, limitedBy } of sending) this.#toldSending.set(producerId, limitedBy);
    for (const { producerId, ...found } of receiving) this.#toldReceiving.set(producerId, found);
  }
}

function forgetAllBut(keys: readonly { producerId: string }[], told: Map<string, unknown>): void {
  const present = new Set(keys.map(({ producerId }) => producerId));
  for (const producerId of told.keys()) if (!present.has(producerId)) told.delete(producerId);
}
