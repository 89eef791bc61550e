import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Of `/proc/net/tcp`: waits for connections. */
const LISTENING = '0A';

/**
 * The process that has a port, such as `nginx (pid 12)`: as far as `/proc` is there and this process may read it.
 * @returns undefined otherwise.
 */
export function portOwner(protocol: 'udp' | 'tcp', port: number): { pid: number; name: string } | undefined {
  const inodes = new Set([protocol, `${protocol}6`].flatMap((table) => inodesOf(table, port)));
  if (inodes.size === 0) return undefined;
  for (const pid of entries('/proc').filter((name) => /^\d+$/.test(name))) {
    const sockets = entries(`/proc/${pid}/fd`).map((fd) => inodeOf(`/proc/${pid}/fd/${fd}`));
    if (sockets.some((inode) => inode !== undefined && inodes.has(inode))) {
      return { pid: Number(pid), name: read(`/proc/${pid}/comm`).trim() };
    }
  }
  return undefined;
}

/** Soft limit of a process's open files; undefined where that cannot be read. */
export function openFileLimit(pid: number | 'self'): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(read(`/proc/${pid}/limits`))?.[1];
  if (soft === 'unlimited') return Infinity;
  return soft === undefined ? undefined : Number(soft);
}

function inodesOf(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return read(`/proc/net/${table}`)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, , state]) =>
        local?.endsWith(`:${wanted}`) && (table.startsWith('udp') || state === LISTENING),
    )
    .flatMap((columns) => columns[9] ?? []);
}

function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
