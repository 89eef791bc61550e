import type { Profiler } from 'node:inspector';

/** What decides on forwarding, and the consumers that it makes, pauses and closes. */
const POLICIES = /\/src\/sfu\/(?:forwarding\/|PeerConsumers|ConsumerEntries|Subscriptions|createConsumer)/;

/**
 * The share of a CPU profile's time in which the policies were on the stack, so with all that they ask of mediasoup and
 * tell to clients.
 *
 * Not in it: garbage, which belongs to nobody, and reading mediasoup's answers.
 */
export function policiesShare({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): number {
  const inPolicies = new Set<number>();
  // Parents come before their children.
  for (const { id, callFrame, children = [] } of nodes) {
    if (POLICIES.test(callFrame.url)) inPolicies.add(id);
    if (inPolicies.has(id)) for (const child of children) inPolicies.add(child);
  }
  let [all, policies] = [0, 0];
  samples.forEach((id, index) => {
    const time = timeDeltas[index] ?? 0;
    all += time;
    if (inPolicies.has(id)) policies += time;
  });
  return all === 0 ? 0 : policies / all;
}
