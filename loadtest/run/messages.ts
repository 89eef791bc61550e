import type { Tally } from '../results/Collector.ts';
import type { BotPlan } from '../scenario/planBots.ts';
import type { Incident, Scenario } from '../scenario/scenario.ts';

/** What a generator needs to know before it starts. It goes through JSON. */
export interface Assignment {
  scenario: Scenario;
  /** The server, also when the tool started it itself. */
  url: string;
  bots: BotPlan[];
  /** Joins under way at a time in this generator. */
  concurrency: number;
  /** Whether nobody but bots is in the rooms. */
  onlyBots: boolean;
  access: { token?: string; apiKey?: string; apiSecret?: string };
  clips: { videoFile?: string; audioFile?: string };
  /** ms that each step of a join may take; absent: the usual. */
  deadline?: number;
  /** `clockOrigin()` of the coordinator; absent on other hosts, where `clockOffset` says how far their clock is off. */
  clockOrigin?: number;
  /** ms to add to this host's clock. */
  clockOffset?: number;
}

/** Coordinator to generator. */
export type ToGenerator =
  | { type: 'prepare'; assignment: Assignment }
  | { type: 'start' }
  | { type: 'incident'; incident: Incident }
  /** Everybody leaves; `ended` follows. */
  | { type: 'end' };

/** How a generator process itself does, over the time since the last tally. */
export interface Health {
  pid: number;
  bots: number;
  /** s of that time. */
  seconds: number;
  /** s of CPU, user and system, in all; and of these, while it was sending. */
  cpu: number;
  sendingCpu: number;
  /** Utilisation of the event loop, 0 to 1. */
  loop: number;
  /** ms: the longest delay of a timer. */
  delay: number;
  /** Datagrams that the kernel dropped at its sockets. */
  socketDrops: number;
}

export interface GeneratorTally {
  tally: Tally;
  health: Health;
  joined: number;
  joining: number;
  failed: number;
  /** Bots that have not begun to join. */
  waiting: number;
}

/** Generator to coordinator. */
export type FromGenerator =
  | { type: 'ready' }
  /** It cannot do what it was given, and ends. */
  | { type: 'failed'; code: string; message: string }
  | ({ type: 'tally' } & GeneratorTally)
  | { type: 'ended' };
