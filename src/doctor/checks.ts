import { access } from './checks/access.ts';
import { addresses } from './checks/addresses.ts';
import { bridges } from './checks/bridges.ts';
import { clock } from './checks/clock.ts';
import { disk } from './checks/disk.ts';
import { files } from './checks/files.ts';
import { kernel } from './checks/kernel.ts';
import { media } from './checks/media.ts';
import { ports } from './checks/ports.ts';
import { programs } from './checks/programs.ts';
import { redis } from './checks/redis.ts';
import { server } from './checks/server.ts';
import { tls } from './checks/tls.ts';
import { turn } from './checks/turn.ts';
import { worker } from './checks/worker.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import type { LocalFacts } from './gatherFacts.ts';

type Check<F> = (facts: F) => Omit<Finding, 'check'>[];

/** By their names, in the order in which they are told. */
const CHECKS = {
  server,
  ports,
  worker,
  addresses,
  bridges,
  media,
  turn,
  tls,
  clock,
  redis,
  access,
  files,
  disk,
  kernel,
  programs,
} satisfies Record<string, Check<Facts>>;

export const CHECK_NAMES: readonly string[] = Object.keys(CHECKS);

/** What a start can look at without a delay. */
const AT_START = { addresses, bridges, tls, files } satisfies Record<string, Check<LocalFacts>>;

/** What all checks say to these facts. */
export function diagnose(facts: Facts): Finding[] {
  return run(CHECKS, facts);
}

/** What is wrong already at a start; nothing where all is well. */
export function diagnoseAtStart(facts: LocalFacts): Finding[] {
  return run(AT_START, facts).filter(({ status }) => status === 'warning' || status === 'fault');
}

function run<F>(checks: Record<string, Check<F>>, facts: F): Finding[] {
  return Object.entries(checks).flatMap(([check, find]) =>
    find(facts).map((finding) => ({ check, ...finding })),
  );
}
