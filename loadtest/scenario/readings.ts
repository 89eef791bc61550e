import {
  VIDEO_CODECS,
  type AudioActivity,
  type Loudness,
  type Subscription,
  type TilesPlan,
  type VideoPlan,
} from './scenario.ts';

/** How a value is read that a person wrote, in a file or in a flag. */
export interface Reading<T> {
  /** undefined: it does not read so. */
  read(value: unknown): T | undefined;
  /** What to write instead, such as `must be a duration such as 60s`. */
  expected: string;
}

/** Parts of a video; what is left out keeps its value or its default. */
export type VideoPatch = Partial<VideoPlan>;

/** Parts of a subscription; a null layer takes the bound away. */
export interface SubscribePatch {
  audio?: Subscription;
  video?: Subscription;
  maxSpatialLayer?: number | null;
  tiles?: TilesPlan | null;
}

/** Parts of a ramp; `all`: everybody at the same time. */
export interface RampPatch {
  /** null: no pace, only `concurrency` bounds it. */
  rate?: number | null;
  concurrency?: number | 'all';
  order?: 'rooms' | 'participants';
}

export const AUDIO_ACTIVITIES = ['off', 'muted', 'turns', 'always'] as const satisfies AudioActivity[];
export const VIDEO_HEIGHTS = [180, 360, 720] as const;
const CODECS = VIDEO_CODECS.join(', ');

const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** ms. Units may follow one another, as in `1h30m`. */
export const duration: Reading<number> = {
  expected: 'must be a duration such as 500ms, 60s, 2m or 1h30m',
  read(value) {
    if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value.trim())) return undefined;
    const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
    return parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (DURATION_UNITS[unit] ?? 0), 0);
  },
};

const BITRATE_UNITS: Record<string, number> = { bps: 1, kbps: 1e3, mbps: 1e6, gbps: 1e9 };

/** bps. */
export const bitrate: Reading<number> = {
  expected: 'must be a bitrate such as 500kbps or 2Mbps',
  read(value) {
    const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*([kmg]?bps)$/i.exec(value.trim()) : null;
    const bits = match ? Number(match[1]) * (BITRATE_UNITS[(match[2] ?? '').toLowerCase()] ?? 0) : 0;
    return bits > 0 ? bits : undefined;
  },
};

/** 0 to 1. */
export const share: Reading<number> = {
  expected: 'must be a share such as 2% or 0.02',
  read(value) {
    const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(written(value));
    if (!match) return undefined;
    const result = match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
    return result <= 1 ? result : undefined;
  },
};

/** Per second. */
export const rate: Reading<number> = {
  expected: 'must be a number of joins a second such as 20/s',
  read(value) {
    const match = /^(\d+(?:\.\d+)?)(\/s)?$/.exec(written(value));
    const perSecond = match ? Number(match[1]) : 0;
    return perSecond > 0 ? perSecond : undefined;
  },
};

/** A whole number within bounds, ends included. */
export function whole(min: number, max: number): Reading<number> {
  return {
    expected: `must be a whole number from ${min} to ${max}`,
    read(value) {
      const number = /^\d+$/.test(written(value)) ? Number(value) : NaN;
      return number >= min && number <= max ? number : undefined;
    },
  };
}

/** One of a few words. */
export function oneOf<const T extends string | number>(words: readonly T[]): Reading<T> {
  return {
    expected: `must be ${words.length > 1 ? 'one of ' : ''}${words.join(', ')}`,
    read: (value) => words.find((word) => String(word) === written(value)),
  };
}

/** Reads `off` (and YAML's `false`) as null, which takes away what a base scenario has. */
export function orOff<T>(reading: Reading<T>): Reading<T | null> {
  return {
    expected: `${reading.expected}, or off`,
    read: (value) => (isOff(value) ? null : reading.read(value)),
  };
}

export const audio: Reading<AudioActivity> = {
  expected: oneOf(AUDIO_ACTIVITIES).expected,
  read(value) {
    if (value === false) return 'off';
    return value === true ? 'turns' : oneOf(AUDIO_ACTIVITIES).read(value);
  },
};

/** The short form of a video, such as `vp8:720p30x3`; null: none. */
export const video: Reading<VideoPatch | null> = {
  expected: `must be off, a codec (${CODECS}) or a form such as vp8:720p30x3`,
  read(value) {
    if (isOff(value)) return null;
    if (value === true) return {};
    const match = new RegExp(
      `^(${VIDEO_CODECS.join('|')})(?::(?=.)(?:(${VIDEO_HEIGHTS.join('|')})p(\\d+)?)?(?:x(\\d))?)?$`,
    ).exec(written(value));
    if (!match) return undefined;
    const [codec, height, fps, layers] = [
      oneOf(VIDEO_CODECS).read(match[1]),
      oneOf(VIDEO_HEIGHTS).read(match[2] ?? ''),
      match[3] === undefined ? undefined : videoFps.read(match[3]),
      match[4] === undefined ? undefined : videoLayers.read(match[4]),
    ];
    if ((match[3] && fps === undefined) || (match[4] && layers === undefined)) return undefined;
    return {
      ...(codec ? { codec } : {}),
      ...(height ? { height } : {}),
      ...(fps ? { fps } : {}),
      ...(layers ? { layers } : {}),
    };
  },
};

export const videoFps = whole(5, 30);
export const videoLayers = whole(1, 3);

export const subscription: Reading<Subscription> = {
  expected: 'must be all, none or a number of tracks',
  read(value) {
    if (value === 'all' || value === true) return 'all';
    return isOff(value) || value === 'none' ? 'none' : whole(0, 10_000).read(value);
  },
};

export const LOUDNESSES = ['constant', 'noise'] as const satisfies Loudness[];

/** Pixels of a page across which tiles are laid out that have no size. */
const PAGE_WIDTH = 1280;
export const tileCount = whole(1, 1000);
export const tilePixels = whole(1, 16_384);

/** So many 16:9 tiles as large as they get in a square grid on a page. */
export function gridOf(count: number): TilesPlan {
  const width = Math.floor(PAGE_WIDTH / Math.ceil(Math.sqrt(count)));
  return { count, width, height: Math.round((width * 9) / 16) };
}

/** The short form of tiles: how many, and how large. */
export const tiles: Reading<TilesPlan> = {
  expected: 'must be a number of tiles such as 9, or with a size such as 9@320x180',
  read(value) {
    const [, number = '', wide, high] = /^(\d+)(?:@(\d+)x(\d+))?$/.exec(written(value)) ?? [];
    const count = tileCount.read(number);
    if (count === undefined) return undefined;
    if (wide === undefined) return gridOf(count);
    const [width, height] = [tilePixels.read(wide), tilePixels.read(high)];
    return width === undefined || height === undefined ? undefined : { count, width, height };
  },
};

export const concurrency: Reading<number | 'all'> = {
  expected: 'must be all, or a whole number of joins at a time from 1',
  read: (value) => (value === 'all' ? 'all' : whole(1, 1_000_000).read(value)),
};

/** The short form of a ramp: a pace, or `all` for everybody at the same time. */
export const ramp: Reading<RampPatch> = {
  expected: 'must be all, or a number of joins a second such as 20/s',
  read(value) {
    if (value === 'all') return { rate: null, concurrency: 'all' };
    const perSecond = rate.read(value);
    return perSecond === undefined ? undefined : { rate: perSecond };
  },
};

function isOff(value: unknown): boolean {
  return value === false || value === 'off';
}

function written(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
