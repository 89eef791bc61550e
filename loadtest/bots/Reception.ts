import type { BotTransport } from './BotTransport.ts';
import type { InboundTrack } from './InboundTrack.ts';

interface Received {
  track: InboundTrack;
  /** Where it arrives. */
  transport: BotTransport;
}

/** The tracks that a bot receives; while it moves also those on the transports that it moves away from. */
export class Reception {
  readonly #received = new Map<string, Received>();
  #former = new Map<string, Received>();

  /** On the latest transports. */
  *[Symbol.iterator](): Iterator<Readonly<Received>> {
    yield* this.#received.values();
  }

  /** Ids of all that are received, by whatever transport. */
  get trackIds(): string[] {
    return [...this.#received.keys(), ...this.#former.keys()];
  }

  get(trackId: string): InboundTrack | undefined {
    return this.#received.get(trackId)?.track;
  }

  /** The same track on all transports. */
  all(trackId: string): InboundTrack[] {
    return [this.#received, this.#former].flatMap((map) => map.get(trackId)?.track ?? []);
  }

  add(trackId: string, track: InboundTrack, transport: BotTransport): void {
    transport.addTrack(track);
    this.#received.set(trackId, { track, transport });
  }

  /** Its subscription on the latest transports is gone. */
  end(trackId: string): void {
    take(this.#received, trackId);
  }

  /** The track itself is gone, or not wanted any more. */
  forget(trackId: string): void {
    take(this.#received, trackId);
    take(this.#former, trackId);
  }

  /** All that there are become former ones, which go on. */
  setAside(): void {
    this.letGo();
    this.#former = new Map(this.#received);
    this.#received.clear();
  }

  /** The former ones are gone. */
  letGo(): void {
    for (const trackId of [...this.#former.keys()]) take(this.#former, trackId);
  }

  /** The former ones take the place of the later ones, which are gone. */
  goBack(): void {
    for (const trackId of [...this.#received.keys()]) take(this.#received, trackId);
    for (const [trackId, received] of this.#former) this.#received.set(trackId, received);
    this.#former.clear();
  }
}

function take(received: Map<string, Received>, trackId: string): void {
  const one = received.get(trackId);
  if (!one) return;
  received.delete(trackId);
  one.transport.removeTrack(one.track);
  one.track.end(performance.now());
}
