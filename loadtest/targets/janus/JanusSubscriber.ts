import { unavailable } from '../../../src/support/errors.ts';
import { TaskQueue } from '../../../src/support/TaskQueue.ts';
import type { Endpoint } from '../../endpoint/Endpoint.ts';
import { connectEndpoint } from '../connectEndpoint.ts';
import { readSdp, remoteEndpointOf, rtpParametersOf, type Sdp } from '../sdp/readSdp.ts';
import { localTransport, writeAnswer } from '../sdp/writeSdp.ts';
import { step, timed } from '../step.ts';
import type { JoinRequest, RemoteTrack, Subscription } from '../Target.ts';
import type { JanusConnection, PluginAnswer } from './JanusConnection.ts';
import type { Jsep, SubscribedStream } from './messages.ts';

/** The PeerConnection on which a bot receives from everybody (multistream): Janus makes the offers. */
export class JanusSubscriber {
  readonly #connection: JanusConnection;
  readonly #request: JoinRequest;
  readonly #room: number;
  /** One negotiation at a time. */
  readonly #queue = new TaskQueue();
  #handleId: number | undefined;
  #endpoint: Endpoint | undefined;
  #version = 0;

  constructor(room: number, connection: JanusConnection, request: JoinRequest) {
    this.#room = room;
    this.#connection = connection;
    this.#request = request;
  }

  get handleId(): number | undefined {
    return this.#handleId;
  }

  /** Resolves once the PeerConnection is up and Janus was told to start. */
  subscribe(tracks: readonly RemoteTrack[]): Promise<Subscription[]> {
    const { observer } = this.#request;
    return this.#queue.push('subscribe', () =>
      step(observer, 'consume', async () => {
        const { data, jsep } = await this.#add(tracks.map(feedOf));
        const offer = jsep && (await this.#answer(jsep));
        const subscriptions = tracks.map((track) => this.#subscription(track, data.streams ?? [], offer));
        tracks.forEach((track, i) => {
          if (!subscriptions[i]) observer.error('consume', 'notFound', `${track.kind}: no such stream`);
        });
        return subscriptions.filter((each) => each !== undefined);
      }),
    );
  }

  /** An offer that Janus makes by itself, such as when somebody has left. */
  renegotiate(offer: Jsep): void {
    this.#queue
      .push('renegotiate', () => step(this.#request.observer, 'consume', () => this.#answer(offer)))
      // Reported, or closed meanwhile.
      .catch(() => undefined);
  }

  close(): void {
    this.#queue.close();
    this.#endpoint?.close();
  }

  async #add(streams: { feed: number; mid: string }[]): Promise<PluginAnswer> {
    if (this.#handleId !== undefined) return this.#ask({ request: 'update', subscribe: streams });
    this.#handleId = await this.#connection.attach();
    return this.#ask({ request: 'join', ptype: 'subscriber', room: this.#room, streams });
  }

  async #answer({ sdp }: Jsep): Promise<Sdp> {
    const offer = readSdp(sdp);
    const isFirst = this.#endpoint === undefined;
    const endpoint = this.#endpoint ?? (await this.#request.createEndpoint());
    this.#endpoint = endpoint;
    if (this.#queue.closed) endpoint.close();
    this.#version += 1;
    const transport = localTransport(endpoint, this.#connection.localAddress);
    const answer = writeAnswer(transport, offer, this.#version);
    await this.#ask({ request: 'start' }, { type: 'answer', sdp: answer });
    if (isFirst) {
      await connectEndpoint(this.#request.observer, endpoint, remoteEndpointOf(offer, { offered: true }));
    }
    return offer;
  }

  #subscription(
    track: RemoteTrack,
    streams: readonly SubscribedStream[],
    offer: Sdp | undefined,
  ): Subscription | undefined {
    const { feed, mid: feedMid } = feedOf(track);
    const mid = streams.find(({ feed_id, feed_mid }) => feed_id === feed && feed_mid === feedMid)?.mid;
    const media = offer?.media.find((each) => each.mid === mid);
    if (mid === undefined || !media || !this.#endpoint) return undefined;
    return {
      subscriptionId: mid,
      track,
      endpoint: this.#endpoint,
      rtpParameters: rtpParametersOf(media),
      close: () => this.#queue.push('unsubscribe', () => this.#remove(mid)),
      preferSpatialLayer: async (layer) => {
        await this.#ask({ request: 'configure', streams: [{ mid, substream: layer }] });
      },
    };
  }

  async #remove(mid: string): Promise<void> {
    const { jsep } = await this.#ask({ request: 'update', unsubscribe: [{ sub_mid: mid }] });
    if (jsep) await this.#answer(jsep);
  }

  #ask(body: { request: string; [field: string]: unknown }, jsep?: Jsep): Promise<PluginAnswer> {
    const { handleId } = this;
    if (handleId === undefined) throw unavailable('not subscribed');
    const name = body.request === 'join' ? 'subscribe' : body.request;
    return timed(this.#request.observer, name, () => this.#connection.request(handleId, body, jsep));
  }
}

function feedOf({ participantId, trackId }: RemoteTrack): { feed: number; mid: string } {
  return { feed: Number(participantId), mid: trackId.slice(participantId.length + 1) };
}
