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
import type { JanusConnection } from './JanusConnection.ts';
import { JanusPublisher } from './JanusPublisher.ts';
import { JanusSubscriber } from './JanusSubscriber.ts';
import type { Jsep, PluginData, Publisher } from './messages.ts';
import { tracksOf } from './trackDescription.ts';

/** A bot's place in a room of Janus's VideoRoom plugin: two PeerConnections, one each way. */
export class JanusSeat extends TypedEmitter<SeatEvents> implements Seat {
  readonly participantId: string;
  readonly #connection: JanusConnection;
  readonly #publisher: JanusPublisher;
  readonly #subscriber: JanusSubscriber;
  readonly #room: number;
  readonly #others = new Set<number>();
  readonly #tracks = new Map<string, RemoteTrack>();
  #closed = false;

  constructor(
    connection: JanusConnection,
    { room, handleId, joined }: { room: number; handleId: number; joined: PluginData },
    request: JoinRequest,
  ) {
    super();
    this.#connection = connection;
    this.#room = room;
    this.participantId = String(joined.id);
    this.#publisher = new JanusPublisher(handleId, connection, request);
    this.#subscriber = new JanusSubscriber(
      { room, isThere: (trackId) => this.#tracks.has(trackId) },
      connection,
      request,
    );
    this.#apply(joined);
    connection.on('event', (sender, data, jsep) => this.#told(sender, data, jsep));
    connection.on('hangup', (_handle, reason) => this.#lost(`hung up: ${reason}`));
    connection.once('closed', (reason) => this.#lost(reason));
  }

  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  get participants(): number {
    return this.#others.size + 1;
  }

  publish(offer: TrackOffer): Promise<Publication> {
    return this.#publisher.publish(offer);
  }

  async subscribe(trackIds: readonly string[], prepare: (subscription: Subscription) => void): Promise<void> {
    const tracks = trackIds.flatMap((trackId) => this.#tracks.get(trackId) ?? []);
    if (tracks.length > 0) await this.#subscriber.subscribe(tracks, prepare);
  }

  chat(): Promise<void> {
    return Promise.reject(unsupported('Janus’s VideoRoom has no chat'));
  }

  dropNetwork(): Promise<void> {
    return Promise.reject(unsupported('Janus’s VideoRoom takes no participant back'));
  }

  async leave(): Promise<void> {
    if (this.#closed) return;
    this.#close();
    const { handleId } = this.#publisher;
    try {
      // A room stays until somebody destroys it, and this tool's rooms are nobody else's.
      const request =
        this.#others.size === 0 ? { request: 'destroy', room: this.#room } : { request: 'leave' };
      await this.#connection.request(handleId, request);
    } catch {
      // Gone already, room or connection.
    }
    this.#connection.end();
  }

  vanish(): void {
    this.#close();
    this.#connection.terminate();
  }

  #told(sender: number, data: PluginData, jsep: Jsep | undefined): void {
    if (this.#closed) return;
    if (sender !== this.#publisher.handleId) {
      if (jsep?.type === 'offer') this.#subscriber.renegotiate(jsep);
    } else if (data.kicked === 'ok' || data.videoroom === 'destroyed') this.#lost(`the room is closed to it`);
    else this.#apply(data);
  }

  #apply(data: PluginData): void {
    for (const { id } of [...(data.attendees ?? []), ...(data.publishers ?? [])]) this.#others.add(id);
    if (data.joining) this.#others.add(data.joining.id);
    for (const publisher of data.publishers ?? []) this.#update(publisher);
    const gone = [data.leaving, data.kicked, data.unpublished].filter((id) => typeof id === 'number');
    for (const id of gone) this.#update({ id });
    for (const id of [data.leaving, data.kicked]) if (typeof id === 'number') this.#others.delete(id);
  }

  /** Janus tells all streams of a publisher whenever one of them changes. */
  #update(publisher: Publisher): void {
    const tracks = tracksOf(publisher);
    const isGone = ({ participantId, trackId }: RemoteTrack): boolean =>
      participantId === String(publisher.id) && !tracks.some((track) => track.trackId === trackId);
    for (const { trackId } of [...this.#tracks.values()].filter(isGone)) {
      this.#tracks.delete(trackId);
      this.emit('trackRemoved', trackId);
    }
    for (const track of tracks) {
      const known = this.#tracks.get(track.trackId);
      if (!known) {
        this.#tracks.set(track.trackId, track);
        this.emit('trackAdded', track);
      } else if (known.paused !== track.paused) {
        known.paused = track.paused;
        this.emit('trackPaused', track.trackId, track.paused);
      }
    }
  }

  #lost(reason: string): void {
    if (this.#closed) return;
    this.#close();
    this.#connection.terminate();
    this.emit('lost', reason);
  }

  #close(): void {
    this.#closed = true;
    this.#publisher.close();
    this.#subscriber.close();
  }
}
