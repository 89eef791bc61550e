import { z } from 'zod';
import { setting } from './setting.ts';
import { text, whole } from './settingValues.ts';

/** That which OpenTelemetry's exporters for Prometheus have. */
export const DEFAULT_METRICS_PORT = 9464;

const metricsPort = z.union([z.literal('off'), whole(0, 65_535)], {
  error: 'must be off, or a whole number from 0 to 65535',
});

/** The settings of what Prometheus reads. */
export const metricsSettings = {
  metricsPort: setting({
    env: 'PARLEY_METRICS_PORT',
    schema: metricsPort.optional(),
    defaultText: `${DEFAULT_METRICS_PORT} if it is free`,
    description:
      'TCP port on which Prometheus reads metrics, or `off`; 0 takes any free one; where it is given and taken, the server does not start',
  }),
  metricsHost: setting({
    env: 'PARLEY_METRICS_HOST',
    schema: text,
    default: '127.0.0.1',
    defaultText: '127.0.0.1',
    description: 'address that metrics are served on; whoever reaches it may read them',
  }),
} as const;
