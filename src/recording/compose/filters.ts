/** s by which sound may be off before silence is put in or sound left out: what a sender's clock drifts is less than seen. */
const SOUND_OFF = 0.02;

export interface Picture {
  width: number;
  height: number;
  fps: number;
}

/** Where each of so many tiles is, all of one size; the last row is in the middle. */
export function grid(count: number, { width, height }: Pick<Picture, 'width' | 'height'>) {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / columns);
  // Video of 4:2:0 has even sizes.
  const even = (value: number): number => Math.floor(value / 2) * 2;
  const tile = { width: even(width / columns), height: even(height / rows) };
  const places = Array.from({ length: count }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = row === rows - 1 ? count - row * columns : columns;
    const indent = even((width - inRow * tile.width) / 2);
    return { x: indent + (i % columns) * tile.width, y: row * tile.height };
  });
  return { ...tile, places };
}

/**
 * The filter graph of a stretch in which so many videos are seen, inputs 1 and on over the background that is input 0.
 * Each tile keeps its picture's shape, whatever its size becomes in the middle of it.
 */
export function videoGraph(count: number, picture: Picture): string {
  const { width, height, places } = grid(Math.max(1, count), picture);
  const size = `${width}:${height}`;
  const parts = places
    .slice(0, count)
    .map((_, i) =>
      [
        `[${i + 1}:v]scale=${size}:force_original_aspect_ratio=decrease:eval=frame`,
        `pad=${size}:(ow-iw)/2:(oh-ih)/2:eval=frame`,
        'setsar=1',
        `fps=${picture.fps}:start_time=0`,
        `tpad=stop=-1:stop_mode=clone[tile${i}]`,
      ].join(','),
    );
  let below = '0:v';
  for (const [i, { x, y }] of places.slice(0, count).entries()) {
    parts.push(`[${below}][tile${i}]overlay=${x}:${y}:eof_action=repeat[all${i}]`);
    below = `all${i}`;
  }
  parts.push(`[${below}]format=yuv420p[out]`);
  return parts.join(';');
}

/** The filter graph that mixes inputs `first` and on, each so many ms late. */
export function audioGraph(delays: readonly number[], first: number): string {
  const voices = delays.map((delay, i) => {
    const late = Math.max(0, Math.round(delay));
    // Where nothing was sent there is silence, and not the next word too early; unless told, only from 100 ms on.
    return `[${first + i}:a]aresample=48000:async=1:min_hard_comp=${SOUND_OFF}:first_pts=0,adelay=${late}:all=1[voice${i}]`;
  });
  const all = delays.map((_, i) => `[voice${i}]`).join('');
  const mix = `${all}amix=inputs=${delays.length}:duration=longest:dropout_transition=0:normalize=0`;
  return [...voices, `${mix},alimiter=limit=0.95:level=disabled,apad[out]`].join(';');
}
