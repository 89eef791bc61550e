import type { RtpStreamObject, WorkerObjects } from '../workers/WorkerObjects.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { MEDIA_KINDS } from '../workers/WorkerTotals.ts';
import { tally, type Instruments, type Labels } from './Instruments.ts';

type Pool = Pick<WorkerPool, 'places'>;

const KINDS = [...MEDIA_KINDS, 'data'] as const;
const TYPES = ['webrtc', 'plain', 'pipe', 'direct'] as const;
/** Of a consumer that its producer's pause stops, too, it is said that it is paused. */
const STATES = ['flowing', 'paused'] as const;

/** What lives on the media workers, as mediasoup's own objects say when they are asked. */
export function mediaMetrics(instruments: Instruments, pool: Pool): void {
  const objects = (): WorkerObjects[] => pool.places.flatMap(({ worker }) => worker?.objects ?? []);

  instruments.gauge(
    {
      name: 'transports',
      help: 'mediasoup transports; those of type pipe and direct are the server’s own.',
      labels: ['type'],
    },
    () => {
      const counts = tally<'type'>(TYPES.map((type) => ({ type })));
      for (const { transports } of objects()) for (const { type } of transports) counts.add({ type });
      return counts;
    },
  );
  instruments.gauge(
    {
      name: 'producers',
      help: 'Tracks that endpoints publish here, and data channels on which they send, by kind.',
      labels: ['kind', 'state'],
    },
    () => byKind(objects(), ({ producers, dataProducers }) => [producers, dataProducers]),
  );
  instruments.gauge(
    {
      name: 'consumers',
      help: 'Tracks and data channels that endpoints are sent from here, by kind.',
      labels: ['kind', 'state'],
    },
    () => byKind(objects(), ({ consumers, dataConsumers }) => [consumers, dataConsumers]),
  );
}

function byKind(
  all: readonly WorkerObjects[],
  of: (objects: WorkerObjects) => [Iterable<RtpStreamObject>, Iterable<{ paused: boolean }>],
) {
  const known = KINDS.flatMap((kind) => STATES.map((state): Labels<'kind' | 'state'> => ({ kind, state })));
  const counts = tally<'kind' | 'state'>(known);
  // Of consumers there may be tens of thousands: they are counted by numbers alone.
  for (const objects of all) {
    const [streams, channels] = of(objects);
    const flowing = { audio: 0, video: 0, data: 0 };
    const paused = { audio: 0, video: 0, data: 0 };
    for (const stream of streams) (isPaused(stream) ? paused : flowing)[stream.kind] += 1;
    for (const channel of channels) (channel.paused ? paused : flowing).data += 1;
    for (const kind of KINDS) {
      counts.add({ kind, state: 'flowing' }, flowing[kind]);
      counts.add({ kind, state: 'paused' }, paused[kind]);
    }
  }
  return counts;
}

const isPaused = (stream: RtpStreamObject): boolean =>
  stream.paused || ('producerPaused' in stream && stream.producerPaused);
