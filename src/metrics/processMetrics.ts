import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';

/** Gauges whose names end like those of counters, which Prometheus's own check refuses; the same is told by type. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

let metrics: readonly Metric[] | undefined;

/**
 * What prom-client measures of a Node process: CPU, memory, descriptors, garbage collection, how late the event loop is.
 *
 * Measured once for the process, however many servers are in it: prom-client cannot stop what it has started.
 */
export function processMetrics(): readonly Metric[] {
  if (!metrics) {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    for (const name of MISNAMED) registry.removeSingleMetric(name);
    metrics = registry.getMetricsAsArray().flatMap(({ name }) => registry.getSingleMetric(name) ?? []);
  }
  return metrics;
}
