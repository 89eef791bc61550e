import { isRoomName } from '../../src/protocol/roomName.ts';

const KEY = 'parley.recentRooms';
/** Rooms that are remembered; the oldest go. */
const MOST = 8;

/** A room that this browser was in. */
export interface RecentRoom {
  room: string;
  /** ms since the epoch. */
  joinedAt: number;
}

type Place = () => Storage;
const here: Place = () => localStorage;

/** Newest first; none where nothing sensible is remembered. */
export function recentRooms(storage: Place = here): RecentRoom[] {
  try {
    const stored: unknown = JSON.parse(storage().getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.flatMap(toRecentRoom).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Puts a room first. Where nothing can be stored, nothing is remembered. */
export function rememberRoom(room: string, joinedAt = Date.now(), storage: Place = here): void {
  store([{ room, joinedAt }, ...without(room, storage)].slice(0, MOST), storage);
}

export function forgetRoom(room: string, storage: Place = here): void {
  store(without(room, storage), storage);
}

function without(room: string, storage: Place): RecentRoom[] {
  return recentRooms(storage).filter((recent) => recent.room !== room);
}

function store(rooms: readonly RecentRoom[], storage: Place): void {
  try {
    storage().setItem(KEY, JSON.stringify(rooms));
  } catch {
    // The page goes on without.
  }
}

function toRecentRoom(stored: unknown): RecentRoom[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const { room, joinedAt } = stored as Partial<Record<string, unknown>>;
  const isRoom = typeof room === 'string' && isRoomName(room) && typeof joinedAt === 'number';
  return isRoom ? [{ room, joinedAt }] : [];
}
