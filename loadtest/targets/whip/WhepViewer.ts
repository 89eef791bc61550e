import { invalidState, unavailable } from '../../../src/support/errors.ts';
import { receivableParameters } from '../sdp/offeredParameters.ts';
import { rtpParametersOf } from '../sdp/readSdp.ts';
import type { OfferedMedia } from '../sdp/writeSdp.ts';
import type { RemoteTrack, Subscription } from '../Target.ts';
import { isRefused } from './answer.ts';
import { WhipSession, type WhipSessionOptions } from './WhipSession.ts';

/** The session in which a bot receives (draft-ietf-wish-whep): it offers to, and the server says what there is. */
export class WhepViewer {
  readonly #session: WhipSession;
  readonly #options: Omit<WhipSessionOptions, 'protocol'>;
  #isOpen = false;

  constructor(options: Omit<WhipSessionOptions, 'protocol'>) {
    this.#options = options;
    this.#session = new WhipSession({ ...options, protocol: 'whep' });
  }

  /**
   * Resolves once media can flow, with those tracks that the server does not have.
   *
   * @throws ParleyError what the server says; `unavailable` when it has none of them.
   */
  async subscribe(
    tracks: readonly RemoteTrack[],
    prepare: (subscription: Subscription) => void,
  ): Promise<RemoteTrack[]> {
    if (this.#isOpen) throw invalidState('a WHEP session keeps the tracks that it began with');
    this.#isOpen = true;
    const { name, transportCc } = this.#options.request;
    const media = tracks.map(({ kind }, index): OfferedMedia => ({
      kind,
      parameters: receivableParameters(kind, String(index), transportCc),
      cname: name,
      direction: 'recvonly',
    }));
    const { taken: missing } = await this.#session.open(media, (answer, endpoint) =>
      tracks.filter((track, index) => {
        const mid = String(index);
        const section = answer.media.find((each) => each.mid === mid);
        if (!section || isRefused(section)) return true;
        const rtpParameters = rtpParametersOf(section);
        if (rtpParameters.codecs.length === 0)
          throw unavailable(`the server names no codec for the ${track.kind}`);
        prepare({
          subscriptionId: mid,
          track,
          endpoint,
          rtpParameters,
          // It ends with the session.
          close: () => Promise.resolve(),
          preferSpatialLayer: () => Promise.resolve(),
        });
        return false;
      }),
    );
    return missing;
  }

  leave(): Promise<void> {
    return this.#session.leave();
  }

  vanish(): void {
    this.#session.vanish();
  }
}
