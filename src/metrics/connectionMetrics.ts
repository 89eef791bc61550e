import type { IceState, TransportProtocol, WebRtcTransport } from 'mediasoup/types';
import type { MediaWorker } from '../workers/MediaWorker.ts';
import type { WorkerPool } from '../workers/WorkerPool.ts';
import { tally, type Instruments } from './Instruments.ts';

type Pool = Pick<WorkerPool, 'workers' | 'places' | 'on'>;

const PROTOCOLS = ['udp', 'tcp', 'none'] as const;
/**
 * `waiting`: the client has not asked for it yet, as of a transport on which nothing is sent; `disconnected`: media travelled
 * before and does not at present.
 */
const STATES = ['waiting', 'connecting', 'connected', 'disconnected', 'failed'] as const;
/** `failed`: of the DTLS handshake; `unreached`: closed before ICE and DTLS were through, though the client asked for it. */
const RESULTS = ['connected', 'failed', 'unreached'] as const;
/** s. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Protocol = (typeof PROTOCOLS)[number];

/** Whether media gets through: ICE and DTLS of the transports of clients. */
export function connectionMetrics(instruments: Instruments, pool: Pool): void {
  instruments.gauge(
    {
      name: 'connections',
      help: 'Transports of clients by the protocol that ICE chose and by how far they are.',
      labels: ['protocol', 'state'],
    },
    () => states(pool),
  );
  const results = instruments.counter(
    {
      name: 'connection_results_total',
      help: 'What came of transports that clients asked to connect.',
      labels: ['protocol', 'result'],
    },
    PROTOCOLS.flatMap((protocol) => RESULTS.map((result) => ({ protocol, result }))),
  );
  const disconnections = instruments.counter(
    {
      name: 'ice_disconnections_total',
      help: 'Transports whose client went silent after it had been connected.',
      labels: ['protocol'],
    },
    PROTOCOLS.map((protocol) => ({ protocol })),
  );
  const handshakes = instruments.histogram(
    {
      name: 'dtls_handshake_seconds',
      help: 'From the first ICE connectivity check of a transport to the end of its DTLS handshake.',
      labels: ['protocol'],
      buckets: BUCKETS,
    },
    [{ protocol: 'udp' }, { protocol: 'tcp' }],
  );

  const follow = (transport: WebRtcTransport): void => {
    let iceConnectedAt: number | undefined;
    let protocol: Protocol = 'none';
    let isOver = false;
    const ended = (result: (typeof RESULTS)[number]): void => {
      if (isOver) return;
      isOver = true;
      results.inc({ protocol, result });
      if (result === 'connected' && iceConnectedAt !== undefined)
        handshakes.observe({ protocol }, (performance.now() - iceConnectedAt) / 1000);
    };
    const { observer } = transport;
    observer.on('iceselectedtuplechange', (tuple) => (protocol = tuple.protocol));
    observer.on('icestatechange', (state) => {
      if (isConnected(state)) iceConnectedAt ??= performance.now();
      else if (state === 'disconnected') disconnections.inc({ protocol });
    });
    observer.on('dtlsstatechange', (state) => {
      if (state === 'connected' || state === 'failed') ended(state);
    });
    observer.once('close', () => {
      if (isAskedFor(transport)) ended('unreached');
    });
  };
  const followWorker = (worker: MediaWorker): void => {
    worker.objects.on('transportAdded', (transport) => {
      if (transport.type === 'webrtc') follow(transport as WebRtcTransport);
    });
  };
  for (const worker of pool.workers) followWorker(worker);
  pool.on('workerReady', ({ worker }) => followWorker(worker));
}

function states(pool: Pool) {
  const counts = tally<'protocol' | 'state'>(
    PROTOCOLS.flatMap((protocol) => STATES.map((state) => ({ protocol, state }))),
  );
  for (const { worker } of pool.places)
    for (const transport of worker?.objects.transports ?? []) {
      if (transport.type !== 'webrtc') continue;
      const webrtc = transport as WebRtcTransport;
      counts.add({ protocol: protocolOf(webrtc), state: stateOf(webrtc) });
    }
  return counts;
}

const protocolOf = ({ iceSelectedTuple }: WebRtcTransport): TransportProtocol | 'none' =>
  iceSelectedTuple?.protocol ?? 'none';

function stateOf(transport: WebRtcTransport): (typeof STATES)[number] {
  const { dtlsState, iceState } = transport;
  if (dtlsState === 'failed') return 'failed';
  if (iceState === 'disconnected') return 'disconnected';
  if (dtlsState === 'connected') return 'connected';
  return isAskedFor(transport) ? 'connecting' : 'waiting';
}

/** mediasoup decides on its role once the client has told its own. */
const isAskedFor = ({ dtlsParameters }: WebRtcTransport): boolean => dtlsParameters.role !== 'auto';

const isConnected = (state: IceState): boolean => state === 'connected' || state === 'completed';
