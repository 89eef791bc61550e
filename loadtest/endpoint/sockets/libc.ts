import { endianness } from 'node:os';
import process from 'node:process';

/*
 * The few calls of Linux's C library that Node has no form of. The layouts are those of 64-bit little-endian Linux
 * (x86-64 and arm64), with glibc.
 */

export const AF_INET = 2;
export const SOCK_DGRAM = 2;
/** Not inherited by child processes. */
export const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
/** Asks for the time of arrival of each datagram; its control message has the same number. */
export const SO_TIMESTAMPNS = 35;
export const MSG_DONTWAIT = 0x40;
export const EPOLLIN = 1;
export const EPOLL_CTL_ADD = 1;
/** x86-64 packs `struct epoll_event`, others do not. */
export const EPOLL_EVENT = process.arch === 'x64' ? { size: 12, data: 4 } : { size: 16, data: 8 };
export const SOCKADDR_LENGTH = 16;

/** Each returns -1 for an error, as in C; pointers are the memory of the Buffer that is given. */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
  setsockopt(fd: number, level: number, option: number, value: Buffer, length: number): number;
  send(fd: number, data: Buffer, length: number, flags: number): number;
  recvmmsg(fd: number, messages: Buffer, count: number, flags: number, timeout: null): number;
  close(fd: number): number;
  epoll_create1(flags: number): number;
  epoll_ctl(epoll: number, operation: number, fd: number, event: Buffer): number;
  epoll_wait(epoll: number, events: Buffer, count: number, timeout: number): number;
  clock_gettime(clock: number, time: Buffer): number;
  /** Of the last call that failed. */
  errno(): number;
  /** Memory at an address that stays, for structures that point at each other; it is never freed. */
  allocate(bytes: number): { memory: ArrayBuffer; address: bigint };
}

const PROTOTYPES = [
  'int socket(int, int, int)',
  'int bind(int, const void *, uint32_t)',
  'int connect(int, const void *, uint32_t)',
  'int getsockname(int, void *, void *)',
  'int setsockopt(int, int, int, const void *, uint32_t)',
  'int64_t send(int, const void *, size_t, int)',
  'int recvmmsg(int, void *, uint, int, void *)',
  'int close(int)',
  'int epoll_create1(int)',
  'int epoll_ctl(int, int, int, const void *)',
  'int epoll_wait(int, void *, int, int)',
  'int clock_gettime(int, void *)',
];

/** Null on another system, or where koffi, which is optional, is not installed. */
export async function loadLibc(): Promise<Libc | null> {
  if (process.platform !== 'linux' || endianness() !== 'LE' || !['x64', 'arm64'].includes(process.arch))
    return null;
  try {
    const { default: koffi } = await import('koffi');
    const library = koffi.load('libc.so.6');
    const functions = PROTOTYPES.map((prototype) => {
      const call = library.func(prototype);
      return [call.info.name, call];
    });
    const others: Pick<Libc, 'errno' | 'allocate'> = {
      errno: () => koffi.errno(),
      allocate: (bytes) => {
        const pointer = koffi.alloc('uint8_t', bytes) as object;
        return { memory: koffi.view(pointer, bytes), address: koffi.address(pointer) };
      },
    };
    return { ...(Object.fromEntries(functions) as Libc), ...others };
  } catch {
    return null;
  }
}
