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
  /** Frames that were not the person's picture: what colour there was, where. */
  wrong: string[];
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
  const seen = new Map<string, Seen>();
  const watched = new WeakSet<Element>();
  const lastVisible = new Map<string, number>();
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const of = (name: string): Seen => {
    const known = seen.get(name) ?? { name, visible: [], frames: [], wrong: [] };
    seen.set(name, known);
    return known;
  };
  const wrongColour = (video: HTMLVideoElement): string | null => {
    const [x, y] = [video.videoWidth / 2, video.videoHeight * (140 / 180)];
    context?.drawImage(video, x, y, 1, 1, 0, 0, 1, 1);
    const pixel = context?.getImageData(0, 0, 1, 1).data ?? [];
    if (colour.every((value, index) => Math.abs(value - (pixel[index] ?? 0)) <= ALIKE)) return null;
    return `rgba(${pixel.join(' ')}) in ${video.videoWidth} x ${video.videoHeight}`;
  };
  const watch = (name: string, video: HTMLVideoElement): void => {
    if (watched.has(video)) return;
    watched.add(video);
    const next = (): void => {
      const entry = of(name);
      entry.frames.push(performance.now());
      const wrong = wrongColour(video);
      if (wrong !== null) entry.wrong.push(wrong);
      video.requestVideoFrameCallback(next);
    };
    video.requestVideoFrameCallback(next);
  };
  const intersecting = new WeakSet<Element>();
  // As the room itself tells what is looked at: what is clipped is not.
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) intersecting.add(target);
      else intersecting.delete(target);
    }
  });
  const look = (): void => {
    const now = performance.now();
    for (const tile of window.parleyTest.all('parley-tile')) {
      const name = tile.getAttribute('data-peer-name') ?? '';
      observer.observe(tile);
      const isVisible = intersecting.has(tile) && tile.checkVisibility({ visibilityProperty: true });
      const { visible } = of(name);
      if (isVisible) {
        const last = visible.at(-1);
        // Two looks in a row that saw it are one time.
        const goesOn = now - (lastVisible.get(name) ?? -Infinity) < 100;
        if (last && goesOn) last.to = now;
        else visible.push({ from: now, to: now, came: !goesOn });
        lastVisible.set(name, now);
      }
      for (const video of window.parleyTest.all('video[data-source="camera"]', tile.shadowRoot ?? tile)) {
        if (video instanceof HTMLVideoElement) watch(name, video);
      }
    }
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
