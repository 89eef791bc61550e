import { unavailable } from '../../../src/support/errors.ts';
import { TaskQueue } from '../../../src/support/TaskQueue.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import { connectEndpoint } from '../connectEndpoint.ts';
import { acceptedParameters, offeredParameters } from '../sdp/offeredParameters.ts';
import { readSdp, remoteEndpointOf, type Sdp } from '../sdp/readSdp.ts';
import { localTransport, writeOffer, type OfferedMedia } from '../sdp/writeSdp.ts';
import { observedRequest } from '../observedRequest.ts';
import type { JoinRequest, Publication, TrackOffer } from '../Target.ts';
import type { JanusConnection, PluginAnswer } from './JanusConnection.ts';
import { describeTrack } from './trackDescription.ts';

/** The PeerConnection on which a bot sends: it makes the offers. */
export class JanusPublisher {
  readonly handleId: number;
  readonly #connection: JanusConnection;
  readonly #request: JoinRequest;
  /** One negotiation at a time. */
  readonly #queue = new TaskQueue();
  readonly #media: OfferedMedia[] = [];
  #endpoint: Endpoint | undefined;
  #version = 0;

  constructor(handleId: number, connection: JanusConnection, request: JoinRequest) {
    this.handleId = handleId;
    this.#connection = connection;
    this.#request = request;
  }

  publish(offer: TrackOffer): Promise<Publication> {
    return this.#queue.push('publish', () => this.#publish(offer));
  }

  close(): void {
    this.#queue.close();
    this.#endpoint?.close();
  }

  async #publish(offer: TrackOffer): Promise<Publication> {
    const { observer } = this.#request;
    const mid = String(this.#media.length);
    const offered = offeredParameters(offer, mid);
    const media: OfferedMedia = {
      kind: offer.kind,
      parameters: offered,
      cname: offer.cname,
      direction: 'sendonly',
    };
    const endpoint = this.#endpoint ?? (await this.#request.createEndpoint());
    this.#endpoint = endpoint;
    if (this.#queue.closed) endpoint.close();
    this.#media.push(media);
    const answer = await this.#negotiate(endpoint, describe(mid, offer, offer.paused)).catch(
      (error: unknown) => {
        this.#media.pop();
        throw error;
      },
    );
    const section = answer.media.find((each) => each.mid === mid);
    if (!section) throw unavailable(`the server did not answer for the ${offer.kind}`);
    if (!endpoint.connected) {
      await connectEndpoint(observer, endpoint, remoteEndpointOf(answer, { offered: false }));
    }
    const rtpParameters = acceptedParameters(offered, section);
    return {
      publicationId: mid,
      endpoint,
      rtpParameters,
      setPaused: (paused) => this.#setPaused(mid, offer, paused),
      close: () =>
        this.#queue.push('unpublish', async () => {
          media.direction = 'inactive';
          await this.#negotiate(endpoint);
        }),
    };
  }

  async #negotiate(endpoint: Endpoint, body = {}): Promise<Sdp> {
    this.#version += 1;
    const transport = localTransport(endpoint, this.#connection.localAddress);
    const sdp = writeOffer(transport, this.#media, this.#version);
    const request = endpoint.connected ? 'configure' : 'publish';
    const { jsep } = await this.#ask({ request, ...body }, sdp);
    if (!jsep) throw unavailable('the server gave no SDP answer');
    return readSdp(jsep.sdp);
  }

  /** Janus has no word for a muted publisher; the description tells the others, and media stops by itself. */
  async #setPaused(mid: string, offer: TrackOffer, paused: boolean): Promise<void> {
    await this.#ask({ request: 'configure', ...describe(mid, offer, paused) });
  }

  #ask(body: { request: string }, sdp?: string): Promise<PluginAnswer> {
    return observedRequest(this.#request.observer, sdp === undefined ? 'configure' : 'produce', {
      isClosed: () => this.#queue.closed,
      request: () =>
        this.#connection.request(this.handleId, body, sdp === undefined ? undefined : { type: 'offer', sdp }),
    });
  }
}

function describe(mid: string, { source }: TrackOffer, paused: boolean): object {
  return { descriptions: [{ mid, description: describeTrack(source, paused) }] };
}
