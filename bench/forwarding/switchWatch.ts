/** What was seen of one person's camera. */
export interface Seen {
  name: string;
  /**
   * When its place was on the screen, in ms of the page's clock, which does not step; the last one may last. `came`: it was not
   * there before.
   */
  visible: { from: number; to: number; came: boolean }[];
  /** When new frames came. */
  frames: number[];
  /** Frames on the screen that were not the person's picture: what colour there was, where. */
  wrong: string[];
  /** The same of frames that nobody saw, such as those of a tile that has just left the screen. */
  unseen: string[];
  /** How often its place became the largest. */
  largest: number;
}

declare global {
  interface Window {
    /** What was seen since the last call. */
    takeSeen: () => Seen[];
  }
}

/**
 * Runs in the page: notes for each tile when it is on the screen, when frames come, and whether they are what was sent.
 *
 * @param colour Of the plain area in the middle of the picture's lower part.
 */
export function watchSwitches(colour: readonly [number, number, number]): void {
  /** Of a colour, by which video may change it. */
  const ALIKE = 48;
  const [WIDTH, HEIGHT] = [32, 18];
  const seen = new Map<string, Seen>();
  const watched = new WeakSet<Element>();
  const lastVisible = new Map<string, number>();
  let largest = '';
  // A size of its own: a frame may be larger or smaller than the video says yet.
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const of = (name: string): Seen => {
    const known = seen.get(name) ?? { name, visible: [], frames: [], wrong: [], unseen: [], largest: 0 };
    seen.set(name, known);
    return known;
  };
  const wrongColour = (video: HTMLVideoElement): string | null => {
    context?.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const pixel = context?.getImageData(WIDTH / 2, Math.round(HEIGHT * (140 / 180)), 1, 1).data ?? [];
    if (colour.every((value, index) => Math.abs(value - (pixel[index] ?? 0)) <= ALIKE)) return null;
    return `rgba(${pixel.join(' ')}) in ${video.videoWidth} x ${video.videoHeight}`;
  };
  // As the room itself tells what is looked at: what is clipped is not.
  const intersecting = new WeakSet<Element>();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) intersecting.add(target);
      else intersecting.delete(target);
    }
  });
  // A tile of another page is there, without its card.
  const isSeen = (tile: Element): boolean =>
    intersecting.has(tile) &&
    tile.shadowRoot?.querySelector('.card.camera')?.checkVisibility({ visibilityProperty: true }) === true;
  const watch = (name: string, tile: Element, video: HTMLVideoElement): void => {
    if (watched.has(video)) return;
    watched.add(video);
    const next = (): void => {
      const entry = of(name);
      entry.frames.push(performance.now());
      const wrong = wrongColour(video);
      const isShown =
        isSeen(tile) && video.checkVisibility({ visibilityProperty: true, opacityProperty: true });
      if (wrong !== null) (isShown ? entry.wrong : entry.unseen).push(wrong);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  };
  const look = (): void => {
    const now = performance.now();
    let most = { name: largest, area: 0 };
    for (const tile of window.parleyTest.all('parley-tile')) {
      const name = tile.getAttribute('data-peer-name') ?? '';
      observer.observe(tile);
      const { visible } = of(name);
      if (isSeen(tile)) {
        const { width, height } = tile.getBoundingClientRect();
        if (width * height > most.area) most = { name, area: width * height };
        const last = visible.at(-1);
        // Two looks in a row that saw it are one time.
        const goesOn = now - (lastVisible.get(name) ?? -Infinity) < 100;
        if (last && goesOn) last.to = now;
        else visible.push({ from: now, to: now, came: !goesOn });
        lastVisible.set(name, now);
      }
      for (const video of window.parleyTest.all('video[data-source="camera"]', tile.shadowRoot ?? tile)) {
        if (video instanceof HTMLVideoElement) watch(name, tile, video);
      }
    }
    if (most.name !== largest) of(most.name).largest++;
    largest = most.name;
  };
  setInterval(look, 20);
  window.takeSeen = () => {
    const all = [...seen.values()];
    seen.clear();
    return all;
  };
}

/** ms between two frames of what was on the screen; and until the first one of what came onto it for a second or more. */
export function waits(all: readonly Seen[]): { between: number[]; first: number[] } {
  const [between, first] = [[] as number[], [] as number[]];
  for (const { visible, frames } of all) {
    for (const { from, to, came } of visible) {
      const inside = frames.filter((at) => at >= from && at <= to);
      between.push(...inside.slice(1).map((at, index) => at - (inside[index] ?? at)));
      if (came && to - from > 1000) first.push((inside[0] ?? Infinity) - from);
    }
  }
  return { between, first };
}
