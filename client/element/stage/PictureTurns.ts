import type { PublicationState } from '../../lib/publicTypes.ts';

/** A track to show, and whose it is. */
export interface Picture {
  publication: PublicationState;
  track: MediaStreamTrack;
}

/** Keeps a track in sight until the one that takes its place plays: its producer is received in another way now. */
export class PictureTurns {
  /** As they were shown last, by producer id. */
  #shown = new Map<string, MediaStreamTrack>();
  readonly #former = new Map<string, MediaStreamTrack>();

  /** Takes what there is now. Own tracks are simply exchanged. */
  follow(publications: readonly PublicationState[], isLocal: boolean): void {
    const shown = new Map<string, MediaStreamTrack>();
    for (const { producerId, track } of publications) {
      const before = this.#shown.get(producerId);
      if (track && before && before !== track && !isLocal) this.#former.set(producerId, before);
      if (track) shown.set(producerId, track);
      else this.#former.delete(producerId);
    }
    for (const producerId of this.#former.keys()) if (!shown.has(producerId)) this.#former.delete(producerId);
    this.#shown = shown;
  }

  /** Where one takes the place of another, the older one first. */
  picturesOf(publications: readonly PublicationState[]): Picture[] {
    return publications.flatMap((publication) =>
      [this.#former.get(publication.producerId), publication.track].flatMap((track) =>
        track ? [{ publication, track }] : [],
      ),
    );
  }

  /** Says that a producer's track plays; true where another one was waiting for that. */
  plays(producerId: string, isTrack: (track: MediaStreamTrack) => boolean): boolean {
    const track = this.#shown.get(producerId);
    return track !== undefined && isTrack(track) && this.#former.delete(producerId);
  }
}
