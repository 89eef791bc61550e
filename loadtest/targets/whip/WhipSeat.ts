import { TypedEmitter } from '../../../src/support/TypedEmitter.ts';
import { unsupported } from '../observedRequest.ts';
import type {
  JoinRequest,
  Publication,
  RemoteTrack,
  Seat,
  SeatEvents,
  Subscription,
  TrackOffer,
} from '../Target.ts';
import { WhepViewer } from './WhepViewer.ts';
import { WhipPublisher } from './WhipPublisher.ts';

export interface WhipSeatOptions {
  /** undefined: nothing can be published. */
  whipUrl: string | undefined;
  /** undefined: nothing can be viewed. */
  whepUrl: string | undefined;
  /** Bearer token of both. */
  token: string | undefined;
  request: JoinRequest;
}

/**
 * A bot at a WHIP or WHEP server, or both: a session each. There is nothing else that connects it to a room; what there
 * is to be seen only the answer tells, so until then it is one audio and one video.
 */
export class WhipSeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  /** Nobody tells of others. */
  readonly participants = 1;
  readonly #publisher: WhipPublisher | undefined;
  readonly #viewer: WhepViewer | undefined;
  readonly #tracks: Map<string, RemoteTrack>;
  #isLost = false;

  constructor({ whipUrl, whepUrl, token, request }: WhipSeatOptions) {
    super();
    this.participantId = request.name;
    const session = { token, request, onLost: (reason: string): void => this.#lost(reason) };
    if (whipUrl !== undefined) this.#publisher = new WhipPublisher({ ...session, url: whipUrl });
    if (whepUrl !== undefined) this.#viewer = new WhepViewer({ ...session, url: whepUrl });
    this.#tracks = new Map([
      ['audio', theTrack('audio', whepUrl)],
      ['video', theTrack('video', whepUrl)],
    ]);
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  publish(offer: TrackOffer): Promise<Publication> {
    return (
      this.#publisher?.publish(offer) ??
      Promise.reject(unsupported(`the ${offer.source}: nobody publishes over WHEP`))
    );
  }

  async subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    const tracks = trackIds.flatMap((trackId) => this.#tracks.get(trackId) ?? []);
    if (tracks.length === 0) return;
    if (!this.#viewer) throw unsupported('nobody views over WHIP: give --whep-url');
    // What it views may be what it sends, which has to be there first.
    await this.#publisher?.published();
    for (const { trackId } of await this.#viewer.subscribe(tracks, prepare)) {
      this.#tracks.delete(trackId);
      this.emit('trackRemoved', trackId);
    }
  }

  chat(): Promise<void> {
    return Promise.reject(unsupported('WHIP and WHEP have no chat'));
  }

  dropNetwork(): Promise<void> {
    return Promise.reject(unsupported('over WHIP and WHEP bots do not resume'));
  }

  async leave(): Promise<void> {
    await Promise.all([this.#publisher?.leave(), this.#viewer?.leave()]);
  }

  vanish(): void {
    this.#publisher?.vanish();
    this.#viewer?.vanish();
  }

  /** A bot that lost one of its two sessions is no whole participant any more. */
  #lost(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.emit('lost', reason);
  }
}

function theTrack(kind: 'audio' | 'video', name = ''): RemoteTrack {
  return {
    trackId: kind,
    participantId: 'server',
    name,
    kind,
    source: kind === 'audio' ? 'microphone' : 'camera',
    paused: false,
  };
}
