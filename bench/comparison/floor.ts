import { createCipheriv, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';

/** Bytes of a packet. */
const PACKET = 1200;
const PACKETS = 100_000;

/**
 * What no server can be below on this machine: us of CPU for one `sendto` of 1,200 bytes over loopback to somebody who
 * reads, and for encrypting as much with AES-128-GCM.
 *
 * Sending is timed in Perl, which every Debian has and whose loop costs a fraction of the system call.
 */
export function floor(): { send: number; encrypt: number } {
  return { send: sendCost(), encrypt: encryptCost() };
}

const SEND = `
use strict; use Socket;
socket(my $in, PF_INET, SOCK_DGRAM, 0) or die; bind($in, pack_sockaddr_in(0, INADDR_LOOPBACK)) or die;
my $to = getsockname($in);
my $reader = fork();
if ($reader == 0) { while (1) { recv($in, my $packet, 2048, 0) } }
socket(my $out, PF_INET, SOCK_DGRAM, 0) or die;
my $packet = 'x' x ${PACKET};
send($out, $packet, 0, $to) for 1 .. 10000;
my ($user, $system) = times;
send($out, $packet, 0, $to) for 1 .. ${PACKETS};
my ($user2, $system2) = times;
kill 'KILL', $reader;
print(($user2 + $system2 - $user - $system) / ${PACKETS} * 1e6);
`;

function sendCost(): number {
  const { stdout, status } = spawnSync('perl', ['-e', SEND], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : NaN;
}

function encryptCost(): number {
  const packet = randomBytes(PACKET);
  const cipher = createCipheriv('aes-128-gcm', randomBytes(16), randomBytes(12));
  for (let i = 0; i < 1000; i++) cipher.update(packet);
  const before = process.cpuUsage();
  for (let i = 0; i < PACKETS; i++) cipher.update(packet);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / PACKETS;
}
