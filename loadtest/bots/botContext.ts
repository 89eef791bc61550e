import type { Pacer } from '../media/Pacer.ts';
import type { Collector } from '../results/Collector.ts';
import type { Target } from '../targets/Target.ts';
import type { Clips } from './clips.ts';

/** What all bots of a process share. */
export interface BotContext {
  target: Target;
  url: string;
  collector: Collector;
  pacer: Pacer;
  clips: Clips;
  /** Whether everything in the rooms comes from bots of this run, so that a sample can be known. */
  onlyBots: boolean;
  /** ms that each step of a join may take; absent: the usual. */
  deadline?: number;
}
