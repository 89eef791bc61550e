interface Video {
  ownerId: string;
  isScreen: boolean;
}

/** The videos of a room in the order in which they are worth forwarding: screens, then those of who spoke last. */
export class VideoOrder {
  readonly #videos = new Map<string, Video>();
  /** Who spoke last, last. */
  readonly #spoke = new Set<string>();
  #sorted: readonly string[] | undefined;

  get all(): readonly string[] {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  isScreen(producerId: string): boolean {
    return this.#videos.get(producerId)?.isScreen ?? false;
  }

  add(producerId: string, ownerId: string, isScreen: boolean): void {
    this.#videos.set(producerId, { ownerId, isScreen });
    this.#sorted = undefined;
  }

  remove(producerId: string): void {
    if (this.#videos.delete(producerId)) this.#sorted = undefined;
  }

  /** Somebody took the floor. Returns whether this moved a video. */
  spoke(peerId: string | null): boolean {
    if (peerId === null) return false;
    this.#spoke.delete(peerId);
    this.#spoke.add(peerId);
    const before = this.#sorted;
    this.#sorted = undefined;
    return before === undefined || before.some((producerId, place) => producerId !== this.all[place]);
  }

  peerLeft(peerId: string): void {
    this.#spoke.delete(peerId);
  }

  #sort(): string[] {
    const turn = new Map([...this.#spoke].map((peerId, place) => [peerId, place]));
    const spoke = ({ ownerId }: Video): number => turn.get(ownerId) ?? -1;
    const order = [...this.#videos].sort(
      ([, a], [, b]) => Number(b.isScreen) - Number(a.isScreen) || spoke(b) - spoke(a),
    );
    return order.map(([producerId]) => producerId);
  }
}
