import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { NamedProcess } from './ServerUnderTest.ts';

/** What a process has used so far. */
export interface ProcessUsage {
  /** Seconds of CPU, user and system, of all its threads, since it started. */
  cpu: number;
  /** Resident memory, bytes. */
  memory: number;
}

/** USER_HZ, the unit of times in /proc (proc(5)): 100 on all architectures that Node runs on. */
const TICKS_PER_SECOND = 100;

/** @returns undefined when there is no such process (any more). Linux only. */
export function usageOf(pid: number): ProcessUsage | undefined {
  const stat = statOf(pid);
  if (!stat || stat.state === 'Z') return undefined;
  return { cpu: (stat.userTicks + stat.systemTicks) / TICKS_PER_SECOND, memory: residentBytes(pid) };
}

/** The process and all that descend from it, parents first; none when it is gone. */
export function processTree(pid: number): number[] {
  if (!statOf(pid)) return [];
  const children = new Map<number, number[]>();
  for (const each of allPids()) {
    const parent = statOf(each)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** The same with names: `control` for the process itself, `worker 1`, `worker 2`… for mediasoup's, else their own. */
export function namedTree(pid: number): NamedProcess[] {
  let workers = 0;
  return processTree(pid).flatMap((each) => {
    if (each === pid) return { name: 'control', pid };
    const name = statOf(each)?.name;
    if (name === undefined) return [];
    if (!name.startsWith('mediasoup-worke')) return { name, pid: each };
    workers += 1;
    return { name: `worker ${workers}`, pid: each };
  });
}

/**
 * The process on this machine (and in this network namespace) that listens on a TCP port, IPv4 or IPv6.
 *
 * @returns undefined when nobody does, or when it belongs to another user and this process is not root.
 */
export function findListener(port: number): number | undefined {
  const inodes = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  return allPids().find((pid) => socketInodes(pid).some((inode) => inodes.has(inode)));
}

interface Stat {
  name: string;
  state: string;
  parent: number;
  userTicks: number;
  systemTicks: number;
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name is in brackets and may hold brackets and blanks itself.
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  return {
    name: text.slice(text.indexOf('(') + 1, nameEnd),
    state: fields[0] ?? '',
    parent: Number(fields[1]),
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
  };
}

/** From `status`, which has it in kB, because `stat` counts in pages whose size Node does not tell. */
function residentBytes(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
}

function allPids(): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** State 0A is TCP_LISTEN; the address is hexadecimal, `0100007F:0BB8`. */
function listeningInodes(table: string, port: number): string[] {
  return (read(`/proc/net/${table}`) ?? '').split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const isIt = state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port;
    return isIt && inode !== undefined ? [inode] : [];
  });
}

function socketInodes(pid: number): string[] {
  return list(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return [];
    }
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
