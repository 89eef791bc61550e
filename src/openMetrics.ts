import type { Config } from './config.ts';
import { Metrics, type MetricsOptions } from './metrics/Metrics.ts';
import { MetricsServer } from './metrics/MetricsServer.ts';
import { DEFAULT_METRICS_PORT } from './metricsSettings.ts';
import { ParleyError } from './support/errors.ts';
import type { Logger } from './support/logger.ts';

export interface OpenMetricsOptions extends MetricsOptions {
  config: Pick<Config, 'metricsPort' | 'metricsHost'>;
  logger: Logger;
}

/**
 * Serves what Prometheus reads; undefined where that is off, or nobody chose the port and it is taken: then another server of
 * this machine has it, and this one goes without.
 *
 * @throws ParleyError `unavailable` for a port that was chosen and is taken.
 */
export async function openMetrics(options: OpenMetricsOptions): Promise<MetricsServer | undefined> {
  const { config, logger } = options;
  const { metricsPort, metricsHost: host } = config;
  if (metricsPort === 'off') return undefined;
  const metrics = new Metrics(options);
  try {
    const server = await MetricsServer.listen({
      metrics,
      host,
      port: metricsPort ?? DEFAULT_METRICS_PORT,
      logger,
    });
    logger.info({ url: server.url }, 'serving metrics');
    return server;
  } catch (error) {
    metrics.close();
    if (!(error instanceof ParleyError)) throw error;
    if (metricsPort !== undefined) {
      throw new ParleyError(error.code, `PARLEY_METRICS_PORT: ${error.message}`, { cause: error });
    }
    logger.warn(
      { reason: error.message },
      'no metrics are served; give this server a port of its own with PARLEY_METRICS_PORT, or off',
    );
    return undefined;
  }
}
