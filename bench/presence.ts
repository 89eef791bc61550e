import { usageOf } from '../loadtest/servers/processUsage.ts';
import { ServerProcess } from '../test/support/serverProcess.ts';
import { SignalingPeer } from '../test/support/signalingPeer.ts';

/*
 * 200 people without media enter one room as fast as the server lets them: what each of them has to hear of the others,
 * and what that costs the control plane.
 */

const PEOPLE = 200;
/** Joins under way at a time. */
const AT_ONCE = 50;

/** One person, who counts what comes unasked. */
class Listener {
  readonly peer: SignalingPeer;
  messages = 0;
  bytes = 0;
  #present: readonly string[] = [];

  constructor(url: string) {
    this.peer = new SignalingPeer(url);
  }

  async join(): Promise<void> {
    const { socket } = await this.peer.connected();
    socket.io.engine.on('packet', ({ type, data }) => {
      // "2": an event (Socket.IO protocol, version 5); answers hold snapshots, which are another matter.
      if (type !== 'message' || typeof data !== 'string' || !data.startsWith('2')) return;
      this.messages += 1;
      this.bytes += Buffer.byteLength(data);
    });
    const { snapshot } = await this.peer.request('join', { room: 'bench', data: false });
    this.#present = snapshot.peers.map(({ peerId }) => peerId);
  }

  async hearsOfAll(): Promise<void> {
    const known = new Set(this.#present);
    while (known.size < PEOPLE) known.add((await this.peer.event('peerJoined')).peer.peerId);
  }
}

const server = await ServerProcess.start({ PARLEY_MAX_PEERS_PER_ROOM: String(PEOPLE) });
const listeners = Array.from({ length: PEOPLE }, () => new Listener(server.url));
try {
  await Promise.all(listeners.map(({ peer }) => peer.connected()));
  const cpuBefore = usageOf(server.pid)?.cpu ?? 0;
  const startedAt = performance.now();
  const waiting = [...listeners];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await next.join();
    }),
  );
  await Promise.all(listeners.map((listener) => listener.hearsOfAll()));
  const seconds = (performance.now() - startedAt) / 1000;
  const cpu = (usageOf(server.pid)?.cpu ?? 0) - cpuBefore;
  console.log(`${PEOPLE} people enter a room in ${seconds.toFixed(2)} s, Node ${process.version}`);
  show(
    'messages a listener',
    listeners.map(({ messages }) => messages),
  );
  show(
    'kB a listener',
    listeners.map(({ bytes }) => bytes / 1000),
  );
  console.log(`  CPU of the control plane: ${(cpu * 1000).toFixed(0)} ms`);
} finally {
  for (const { peer } of listeners) peer.close();
  await server.stop();
}

function show(what: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  console.log(
    `  ${what}: median ${median.toFixed(0)}, mean ${mean.toFixed(0)}, max ${(sorted.at(-1) ?? NaN).toFixed(0)}`,
  );
}
