/** What the address of a room page says. */
export interface PageParameters {
  /** As it stands in the path; whether it is a valid name is another question. */
  room: string;
  name: string | null;
  token: string;
  autojoin: boolean;
  /** As it stands there (BCP 47); empty where the address leaves it open. */
  lang: string;
  /** Null where the address leaves it open. */
  audio: boolean | null;
  video: boolean | null;
}

/** Reads `/r/<room>?name=..&autojoin=1&audio=0|1&video=0|1&token=..&lang=..`. */
export function readPageParameters(url: URL): PageParameters {
  const query = url.searchParams;
  return {
    room: decode(/^\/r\/([^/]*)\/?$/.exec(url.pathname)?.[1] ?? ''),
    name: query.get('name')?.trim().slice(0, 64) ?? null,
    token: query.get('token') ?? '',
    autojoin: flag(query, 'autojoin') ?? false,
    lang: query.get('lang')?.slice(0, 35) ?? '',
    audio: flag(query, 'audio'),
    video: flag(query, 'video'),
  };
}

/** `?audio` alone means yes; `0`, `false`, `no` and `off` mean no. */
function flag(query: URLSearchParams, name: string): boolean | null {
  const value = query.get(name);
  return value === null ? null : !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
