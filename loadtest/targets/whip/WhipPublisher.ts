import { setImmediate } from 'node:timers/promises';
import { unavailable } from '../../../src/support/errors.ts';
import type { RtpParameters } from '../../../src/protocol/models.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import { unsupported } from '../observedRequest.ts';
import { acceptedParameters, offeredParameters } from '../sdp/offeredParameters.ts';
import type { Sdp } from '../sdp/readSdp.ts';
import type { OfferedMedia } from '../sdp/writeSdp.ts';
import type { Publication, TrackOffer } from '../Target.ts';
import { isRefused } from './answer.ts';
import { WhipSession, type WhipSessionOptions } from './WhipSession.ts';

interface Opened {
  endpoint: Endpoint;
  /** By MID. */
  taken: Map<string, RtpParameters>;
}

/**
 * The session in which a bot sends (RFC 9725). There is one offer, so what a bot publishes in the same turn goes into
 * it, and what comes later is too late.
 */
export class WhipPublisher {
  readonly #session: WhipSession;
  readonly #offers: TrackOffer[] = [];
  #opening: Promise<Opened> | undefined;
  #isOffered = false;

  constructor(options: Omit<WhipSessionOptions, 'protocol'>) {
    this.#session = new WhipSession({ ...options, protocol: 'whip' });
  }

  /** @throws ParleyError `badRequest` for a track that has no place in the session; else what the server says. */
  async publish(offer: TrackOffer): Promise<Publication> {
    const { kind, source, encodings } = offer;
    if (this.#isOffered || this.#offers.some((other) => other.kind === kind))
      throw unsupported(`the ${source}: a WHIP session has one audio and one video, from its start on`);
    if (encodings.length > 1) throw unsupported('simulcast over WHIP: give --layers 1');
    const mid = String(this.#offers.push(offer) - 1);
    const { endpoint, taken } = await (this.#opening ??= this.#open());
    const rtpParameters = taken.get(mid);
    if (!rtpParameters) throw unavailable(`the server did not answer for the ${kind}`);
    return {
      publicationId: mid,
      endpoint,
      rtpParameters,
      // WHIP has no word for it: media stops by itself.
      setPaused: () => Promise.resolve(),
      close: () => Promise.reject(unsupported('a WHIP session keeps its tracks to its end')),
    };
  }

  /** Resolves once that which is being published is; rejects as that does. */
  async published(): Promise<void> {
    await this.#opening;
  }

  leave(): Promise<void> {
    return this.#session.leave();
  }

  vanish(): void {
    this.#session.vanish();
  }

  async #open(): Promise<Opened> {
    await setImmediate();
    this.#isOffered = true;
    const media = this.#offers.map((offer, index): OfferedMedia => ({
      kind: offer.kind,
      parameters: offeredParameters(offer, String(index)),
      cname: offer.cname,
      direction: 'sendonly',
    }));
    return this.#session.open(media, (answer) => accepted(media, answer));
  }
}

/** @throws ParleyError `unavailable` when something was refused: there is no half of a session (RFC 9725, 4.4.3). */
function accepted(media: readonly OfferedMedia[], answer: Sdp): Map<string, RtpParameters> {
  return new Map(
    media.map(({ kind, parameters }) => {
      const { mid = '' } = parameters;
      const section = answer.media.find((each) => each.mid === mid);
      const own = section && !isRefused(section) ? acceptedParameters(parameters, section) : undefined;
      const [codec] = parameters.codecs;
      if (!own?.codecs.some(({ payloadType }) => payloadType === codec?.payloadType))
        throw unavailable(`the server does not take ${codec?.mimeType ?? kind}`);
      return [mid, own];
    }),
  );
}
