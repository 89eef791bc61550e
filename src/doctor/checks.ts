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
import { certificates, tls } from './checks/tls.ts';
import { turn } from './checks/turn.ts';
import { worker } from './checks/worker.ts';
import type { DoctorSettings, Facts } from './facts.ts';
import type { Finding } from './finding.ts';
import { gatherLocalFacts, type LocalFacts } from './localFacts.ts';

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
const AT_START = { addresses, bridges, tls: certificates, files } satisfies Record<string, Check<LocalFacts>>;

/** What all checks say to these facts. */
export function diagnose(facts: Facts): Finding[] {
  return run(CHECKS, facts);
}

/** What is wrong as far as a start can see it: nothing is asked of anybody, and nothing is thrown. */
export function diagnoseAtStart(settings: DoctorSettings): Finding[] {
  try {
    const findings = run(AT_START, gatherLocalFacts(settings));
    return findings.filter(({ status }) => status === 'warning' || status === 'fault');
  } catch {
    // Such as interfaces that the system does not tell: a server that runs is not to fail because of its doctor.
    return [];
  }
}

function run<F>(checks: Record<string, Check<F>>, facts: F): Finding[] {
  return Object.entries(checks).flatMap(([check, find]) =>
    find(facts).map((finding) => ({ check, ...finding })),
  );
}
