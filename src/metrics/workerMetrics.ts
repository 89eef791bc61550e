import { readFile } from 'node:fs/promises';
import { WORKER_DEATHS } from '../workers/MediaWorker.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { DIRECTIONS, MEDIA_KINDS, type StreamTotals } from '../workers/WorkerTotals.ts';
import type { Instruments, Reading } from './Instruments.ts';

type Pool = Pick<WorkerPool, 'places' | 'on'>;

const STREAM_TOTALS: readonly [key: keyof StreamTotals, name: string, help: string][] = [
  ['packets', 'worker_packets_total', 'RTP packets of endpoints.'],
  ['lost', 'worker_packets_lost_total', 'RTP packets that whoever was to receive them found missing.'],
  ['retransmitted', 'worker_packets_retransmitted_total', 'RTP packets that were sent a second time.'],
  [
    'nacked',
    'worker_packets_nacked_total',
    'RTP packets that whoever was to receive them asked for again (NACK).',
  ],
  [
    'keyFrameRequests',
    'worker_keyframe_requests_total',
    'Keyframes that a receiver asked for (PLI and FIR).',
  ],
];

/** The media workers, by their place in the pool: what was counted outlives each process. */
export function workerMetrics(instruments: Instruments, pool: Pool): void {
  instruments.gauge({ name: 'worker_up', help: 'Whether the media worker runs.', labels: ['worker'] }, () =>
    pool.places.map(({ index, worker }) => [{ worker: index }, worker && !worker.closed ? 1 : 0]),
  );
  instruments.counterOf(
    {
      name: 'worker_cpu_seconds_total',
      help: 'CPU time of the media workers.',
      labels: ['worker', 'mode'],
    },
    () =>
      pool.places.flatMap(({ index: worker, totals: { cpu } }) => [
        [{ worker, mode: 'user' }, cpu.user],
        [{ worker, mode: 'system' }, cpu.system],
      ]),
  );
  instruments.gauge(
    {
      name: 'worker_resident_memory_bytes',
      help: 'Resident memory of the media workers; on Linux only.',
      labels: ['worker'],
    },
    () => residentMemory(pool),
  );
  instruments.counterOf(
    {
      name: 'worker_bytes_total',
      help: 'Bytes that endpoints sent (in) and were sent (out), with everything above UDP and TCP.',
      labels: ['worker', 'direction'],
    },
    () =>
      pool.places.flatMap(({ index: worker, totals: { bytes } }) =>
        DIRECTIONS.map((direction) => [{ worker, direction }, bytes[direction]] as const),
      ),
  );
  for (const [key, name, help] of STREAM_TOTALS) {
    instruments.counterOf({ name, help, labels: ['worker', 'direction', 'kind'] }, () =>
      pool.places.flatMap(({ index: worker, totals: { streams } }) =>
        DIRECTIONS.flatMap((direction) =>
          MEDIA_KINDS.map((kind) => [{ worker, direction, kind }, streams[direction][kind][key]] as const),
        ),
      ),
    );
  }
  const places = pool.places.map(({ index }) => ({ worker: index }));
  const deaths = instruments.counter(
    {
      name: 'worker_deaths_total',
      help: 'Media workers that crashed, or froze and were killed.',
      labels: ['worker', 'reason'],
    },
    places.flatMap((place) => WORKER_DEATHS.map((reason) => ({ ...place, reason }))),
  );
  const respawns = instruments.counter(
    {
      name: 'worker_respawns_total',
      help: 'Media workers that took a dead one’s place.',
      labels: ['worker'],
    },
    places,
  );
  pool.on('workerDied', ({ worker, reason }) => deaths.inc({ worker: worker.index, reason }));
  pool.on('workerReady', ({ worker }) => respawns.inc({ worker: worker.index }));
}

async function residentMemory(pool: Pool): Promise<Reading<'worker'>[]> {
  const readings = await Promise.all(
    pool.places.map(async ({ index, worker }): Promise<Reading<'worker'>[]> => {
      const bytes = worker && (await residentBytes(worker.pid));
      return bytes === undefined ? [] : [[{ worker: index }, bytes]];
    }),
  );
  return readings.flat();
}

/** See proc(5). Undefined where there is no such file, or no such process any more. */
async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}
