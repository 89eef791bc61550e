import { unavailable } from '../../../src/support/errors.ts';
import { TaskQueue } from '../../../src/support/TaskQueue.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import { connectEndpoint } from '../connectEndpoint.ts';
import { readSdp, remoteEndpointOf, rtpParametersOf, type Sdp } from '../sdp/readSdp.ts';
import { localTransport, writeAnswer } from '../sdp/writeSdp.ts';
import { observedRequest } from '../observedRequest.ts';
import type { JoinRequest, RemoteTrack, Subscription } from '../Target.ts';
import type { JanusConnection, PluginAnswer } from './JanusConnection.ts';
import type { Jsep, SubscribedStream } from './messages.ts';

/** The PeerConnection on which a bot receives from everybody (multistream): Janus makes the offers. */
export class JanusSubscriber {
  readonly #connection: JanusConnection;
  readonly #request: JoinRequest;
  readonly #room: number;
  readonly #isThere: (trackId: string) => boolean;
  /** One negotiation at a time. */
  readonly #queue = new TaskQueue();
  #handleId: number | undefined;
  #endpoint: Endpoint | undefined;
  #version = 0;

  constructor(
    { room, isThere }: { room: number; isThere: (trackId: string) => boolean },
    connection: JanusConnection,
    request: JoinRequest,
  ) {
    this.#room = room;
    this.#isThere = isThere;
    this.#connection = connection;
    this.#request = request;
  }

  get handleId(): number | undefined {
    return this.#handleId;
  }

  /** Resolves once the PeerConnection is up and Janus was told to start. */
  subscribe(tracks: readonly RemoteTrack[], prepare: (subscription: Subscription) => void): Promise<void> {
    return this.#queue.push('subscribe', async () => {
      const { data, jsep } = await this.#add(tracks.map(feedOf));
      // Without an offer nothing has changed: all of them are gone meanwhile.
      if (!jsep) return;
      await this.#answer(jsep, (offer, endpoint) => {
        for (const track of tracks) {
          const subscription = this.#subscription(track, data.streams ?? [], { offer, endpoint });
          if (subscription) prepare(subscription);
        }
      });
    });
  }

  /** An offer that Janus makes by itself, such as when somebody has left. */
  renegotiate(offer: Jsep): void {
    this.#queue
      .push('renegotiate', () => this.#answer(offer))
      // Reported, or closed meanwhile.
      .catch(() => undefined);
  }

  close(): void {
    this.#queue.close();
    this.#endpoint?.close();
  }

  async #add(streams: { feed: number; mid: string }[]): Promise<PluginAnswer> {
    if (this.#handleId !== undefined) return this.#ask('consume', { request: 'update', subscribe: streams });
    this.#handleId = await this.#connection.attach();
    return this.#ask('consume', { request: 'join', ptype: 'subscriber', room: this.#room, streams });
  }

  async #answer({ sdp }: Jsep, prepare?: (offer: Sdp, endpoint: Endpoint) => void): Promise<void> {
    const offer = readSdp(sdp);
    const isFirst = this.#endpoint === undefined;
    const endpoint = this.#endpoint ?? (await this.#request.createEndpoint());
    this.#endpoint = endpoint;
    if (this.#queue.closed) endpoint.close();
    prepare?.(offer, endpoint);
    this.#version += 1;
    const transport = localTransport(endpoint, this.#connection.localAddress);
    const answer = writeAnswer(transport, offer, this.#version);
    await this.#ask('start', { request: 'start' }, { type: 'answer', sdp: answer });
    if (!isFirst) return;
    await connectEndpoint(this.#request.observer, endpoint, remoteEndpointOf(offer, { offered: true }));
  }

  #subscription(
    track: RemoteTrack,
    streams: readonly SubscribedStream[],
    { offer, endpoint }: { offer: Sdp; endpoint: Endpoint },
  ): Subscription | undefined {
    const { feed, mid: feedMid } = feedOf(track);
    const mid = streams.find(({ feed_id, feed_mid }) => feed_id === feed && feed_mid === feedMid)?.mid;
    const media = offer.media.find((each) => each.mid === mid);
    if (mid === undefined || !media) return undefined;
    return {
      subscriptionId: mid,
      track,
      endpoint,
      rtpParameters: rtpParametersOf(media),
      close: async () => {
        // Its place is empty already, or somebody else's.
        if (!this.#isThere(track.trackId)) return;
        await this.#queue.push('unsubscribe', () => this.#remove(mid));
      },
      preferSpatialLayer: async (layer) => {
        await this.#ask('configure', { request: 'configure', streams: [{ mid, substream: layer }] });
      },
    };
  }

  async #remove(mid: string): Promise<void> {
    const { jsep } = await this.#ask('unsubscribe', { request: 'update', unsubscribe: [{ sub_mid: mid }] });
    if (jsep) await this.#answer(jsep);
  }

  #ask(name: string, body: Record<string, unknown>, jsep?: Jsep): Promise<PluginAnswer> {
    const { handleId } = this;
    if (handleId === undefined) throw unavailable('not subscribed');
    return observedRequest(this.#request.observer, name, {
      isClosed: () => this.#queue.closed,
      request: () => this.#connection.request(handleId, body, jsep),
    });
  }
}

function feedOf({ participantId, trackId }: RemoteTrack): { feed: number; mid: string } {
  return { feed: Number(participantId), mid: trackId.slice(participantId.length + 1) };
}
