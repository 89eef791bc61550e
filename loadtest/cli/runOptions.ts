import type { LimitRange } from '../results/findLimit.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { ForwardingOptions } from '../servers/startParley.ts';
import type { HostPort } from './runFlags.ts';

/** How bots are let into a server that is not open. */
export type Access = { token: string } | { apiKey: string; apiSecret: string };

/** A search for what the server bears. */
export interface LimitPlan extends LimitRange {
  /** `participants` are counted per room. */
  what: 'participants' | 'rooms';
  /** The scenario with so many. */
  scenarioFor(n: number): Scenario;
}

/** What the command line asks for, complete and checked. */
export interface RunOptions {
  /** Its `url` is null exactly when `start` is true. */
  scenario: Scenario;
  /** Start the server on this machine, and end it afterwards. */
  start: boolean;
  /** What the server that is started forwards. */
  forwarding: ForwardingOptions;
  /** null: one run. */
  findLimit: LimitPlan | null;
  /** Generator processes on this machine; null: as many as it takes. */
  processes: number | null;
  /** Generators on other machines. */
  agents: HostPort[];
  agentsKey: string | null;
  /** Real browsers. */
  canaries: number;
  /** null: none is needed, or the server that is started makes it up. */
  access: Access | null;
  /** Files that are sent instead of the built-in clips. */
  videoClip: string | null;
  audioClip: string | null;
  /** Folder of the reports. */
  out: string | null;
  json: boolean;
  live: boolean;
  quiet: boolean;
}

/** What `agent` asks for. */
export interface AgentOptions {
  /** undefined: all addresses. */
  host: string | undefined;
  /** 0: a free one. */
  port: number;
  key: string;
  /** Hosts that it may load besides local and private ones. */
  allow: readonly string[];
}
