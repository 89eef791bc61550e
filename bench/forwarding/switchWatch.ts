/** What was seen of one person's camera. */
export interface Seen {
  name: string;
  /** When its place was on the screen, in ms of the page's clock, which does not step; the last one may last. */
  visible: { from: number; to: number }[];
  /** When new frames came. */
  frames: number[];
  /** Frames that were not the person's picture. */
  wrong: number;
}

declare global {
  interface Window {
    /** What was seen since the last call, and what time it is, ms. */
    takeSeen: () => { all: Seen[]; now: number };
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
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const of = (name: string): Seen => {
    const known = seen.get(name) ?? { name, visible: [], frames: [], wrong: 0 };
    seen.set(name, known);
    return known;
  };
  const isWrong = (video: HTMLVideoElement): boolean => {
    const [x, y] = [video.videoWidth / 2, video.videoHeight * (140 / 180)];
    context?.drawImage(video, x, y, 1, 1, 0, 0, 1, 1);
    const pixel = context?.getImageData(0, 0, 1, 1).data ?? [];
    return colour.some((value, index) => Math.abs(value - (pixel[index] ?? 0)) > ALIKE);
  };
  const watch = (name: string, video: HTMLVideoElement): void => {
    if (watched.has(video)) return;
    watched.add(video);
    const next = (): void => {
      const entry = of(name);
      entry.frames.push(performance.now());
      if (isWrong(video)) entry.wrong += 1;
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
      const last = visible.at(-1);
      // Two looks in a row that saw it are one time.
      if (isVisible && last && now - last.to < 100) last.to = now;
      else if (isVisible) visible.push({ from: now, to: now });
      for (const video of window.parleyTest.all('video[data-source="camera"]', tile.shadowRoot ?? tile)) {
        if (video instanceof HTMLVideoElement) watch(name, video);
      }
    }
  };
  setInterval(look, 20);
  window.takeSeen = () => {
    const all = [...seen.values()];
    seen.clear();
    return { all, now: performance.now() };
  };
}

/** ms between two frames, or until the first after it came on the screen, of all that was on the screen. */
export function waits(all: readonly Seen[], begun: number): { between: number[]; first: number[] } {
  const [between, first] = [[] as number[], [] as number[]];
  for (const { visible, frames } of all) {
    for (const { from, to } of visible) {
      const inside = frames.filter((at) => at >= from && at <= to);
      between.push(...inside.slice(1).map((at, index) => at - (inside[index] ?? at)));
      // What was there when it began did not come.
      if (from > begun + 200 && to - from > 1000) first.push((inside[0] ?? Infinity) - from);
    }
  }
  return { between, first };
}
