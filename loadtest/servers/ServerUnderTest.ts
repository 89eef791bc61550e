import type { TargetKind } from '../scenario/scenario.ts';

/** One process of a server. `control`, `worker 1` and so on, or the program's own name. */
export interface NamedProcess {
  name: string;
  pid: number;
}

/** A server that the tool started itself. */
export interface ServerUnderTest {
  readonly target: TargetKind;
  /** What bots are told to join. */
  readonly url: string;
  /** What a report says of it, such as `parley: 0.1.0`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Its processes as of now: a worker that died is not among them, the one in its place is. */
  pids(): NamedProcess[];
  /** Resolves when all its processes are gone. Idempotent. */
  stop(): Promise<void>;
  /** Kills a media worker; absent where the server has none. Returns its process id. */
  killWorker?(): number;
}
