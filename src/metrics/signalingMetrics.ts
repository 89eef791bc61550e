import { requestSchemas } from '../protocol/requests.ts';
import type { Peer } from '../sfu/Peer.ts';
import type { SignalingServer } from '../signaling/SignalingServer.ts';
import { only, type Instruments } from './Instruments.ts';

export type SignalingFacts = Pick<SignalingServer, 'activity' | 'connections' | 'sessions'>;

/** s. */
const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const JOIN_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const PHASES = ['joined', 'connected', 'playing'] as const;

/** Sockets, their requests, and how long it takes until somebody is in and gets media. */
export function signalingMetrics(instruments: Instruments, signaling: SignalingFacts): void {
  const { activity } = signaling;
  instruments.gauge({ name: 'sockets', help: 'Connected sockets, joined or not.' }, () =>
    only(signaling.connections),
  );
  instruments.gauge(
    { name: 'sessions', help: 'Peers whose client can come back after it lost its socket.' },
    () => only(signaling.sessions),
  );
  const accepted = instruments.counter({ name: 'sockets_accepted_total', help: 'Sockets that connected.' });
  const ended = instruments.counter(
    {
      name: 'connections_ended_total',
      help: 'Connections that were ended because the client floods, or does not read what it is sent.',
      labels: ['reason'],
    },
    [{ reason: 'flood' }, { reason: 'unread' }],
  );
  const requests = instruments.counter({
    name: 'signaling_requests_total',
    help: 'Requests that were answered, by name and code; ok is the code of those that succeeded.',
    labels: ['request', 'code'],
  });
  const latency = instruments.histogram({
    name: 'signaling_request_seconds',
    help: 'From the arrival of a request to its answer, with what it waited for others of the same socket.',
    labels: ['request'],
    buckets: REQUEST_BUCKETS,
  });
  const phases = instruments.histogram(
    {
      name: 'join_phase_seconds',
      help: 'From the arrival of a socket until its peer is in the room (joined), the first of its transports is connected, and the first track flows to it (playing).',
      labels: ['phase'],
      buckets: JOIN_BUCKETS,
    },
    PHASES.map((phase) => ({ phase })),
  );
  const handovers = instruments.counter(
    {
      name: 'node_moves_total',
      help: 'Peers that a drain told to move to another node: those that did, and those that did not in time.',
      labels: ['result'],
    },
    [{ result: 'moved' }, { result: 'stayed' }],
  );

  activity.on('socketAccepted', () => accepted.inc());
  activity.on('connectionEnded', (reason) => ended.inc({ reason }));
  activity.on('handedOver', (isGone) => handovers.inc({ result: isGone ? 'moved' : 'stayed' }));
  activity.on('requestAnswered', (name, code, ms) => {
    // Clients make names up as they like.
    const request = Object.hasOwn(requestSchemas, name) ? name : 'other';
    requests.inc({ request, code });
    latency.observe({ request }, ms / 1000);
  });
  activity.on('peerJoined', (peer, cameAt) => {
    const reached = (phase: (typeof PHASES)[number]): void =>
      phases.observe({ phase }, (performance.now() - cameAt) / 1000);
    reached('joined');
    onceConnected(peer, () => reached('connected'));
    oncePlaying(peer, () => reached('playing'));
  });
}

/** Not told of a peer that builds its media anew before any of it was connected. */
function onceConnected(peer: Peer, connected: () => void): void {
  let isTold = false;
  for (const transport of peer.transports.all)
    transport.observer.on('dtlsstatechange', (state) => {
      if (state !== 'connected' || isTold) return;
      isTold = true;
      connected();
    });
}

function oncePlaying(peer: Peer, playing: () => void): void {
  const off = peer.consumers.on('changed', () => {
    for (const { consumer } of peer.consumers.all)
      if (!consumer.paused) {
        off();
        playing();
        return;
      }
  });
}
