import type { Health } from '../../loadtest/run/messages.ts';
import { HealthMeter } from '../../loadtest/run/HealthMeter.ts';
import { invalidBecause } from '../../loadtest/results/validity.ts';

/** How those came who came at a rate, and whether this process kept up. */
export interface Arrival {
  seconds: number;
  /** Most that were on their way at a time. */
  mostUnderWay: number;
  /** ms by which the last of a hundred was behind its time. */
  startedLate: number;
  /** ms that this process stood still at most; and the share of a second in which it was busy, p95. */
  delay: number;
  loop: number;
  /** Why it was the bottleneck, a sentence each; empty when it was not. */
  invalid: string[];
}

/** ms between two looks at this process. */
const LOOK = 1000;
/** ms behind its time beyond which a start is no arrival at that rate. */
const MAX_LATE = 100;

/**
 * Does something with each at its time, `rate` a second, whether those before are done or not: a server that gets slow
 * makes a queue, as it would out there. Resolves when all are done.
 */
export async function arrive<T>(
  all: readonly T[],
  rate: number,
  work: (one: T) => Promise<void>,
): Promise<Arrival> {
  const meter = new HealthMeter(() => 0);
  const looks: Health[] = [];
  const look = (): void => void looks.push(meter.read(0, new Set()));
  const looking = setInterval(look, LOOK);
  const startedAt = performance.now();
  const late: number[] = [];
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let mostUnderWay = 0;
  for (const [index, one] of all.entries()) {
    const due = startedAt + (index * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    late.push(Math.max(0, performance.now() - due));
    const done: Promise<void> = work(one)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(done));
    underWay.add(done);
    mostUnderWay = Math.max(mostUnderWay, underWay.size);
    if (failures.length > 0) break;
  }
  await Promise.all(underWay);
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(looking);
  look();
  meter.close();
  if (failures.length > 0) throw failures[0];
  const startedLate = quantile(late, 0.99);
  const delay = Math.max(...looks.map((one) => one.delay));
  const loop = quantile(
    looks.map((one) => one.loop),
    0.95,
  );
  return {
    seconds,
    mostUnderWay,
    startedLate,
    delay,
    loop,
    invalid: [
      ...invalidBecause([{ name: 'the generator', loop, delay, socketDrops: 0 }], 0),
      ...(startedLate > MAX_LATE ? [`one in a hundred started ${startedLate.toFixed(0)} ms late`] : []),
    ],
  };
}

/** NaN of nothing. */
export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)] ?? NaN;
}
