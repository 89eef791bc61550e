import type { IceServer, TransportInfo } from '../../protocol/models.ts';

/** One end of the server's, which a client connects to once. */
export type ProbedTransport = Pick<TransportInfo, 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>;

/** One worker's media port, and ends to connect to on it. */
export interface MediaTarget {
  readonly port: number;
  /** What clients are told of STUN and TURN, with credentials as they get them; undefined where nobody told. */
  readonly iceServers: readonly IceServer[] | undefined;
  /** One that nobody has connected to; it may end the ones before it. */
  openTransport(): Promise<ProbedTransport>;
  /** Tells the server who is about to come. */
  connect(transport: ProbedTransport, fingerprint: string): Promise<void>;
  /** Resolves when it is gone there. Idempotent. */
  close(): Promise<void>;
}
