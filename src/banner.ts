import { shownUrl } from './cluster/redis/redisUrl.ts';
import type { Config } from './config.ts';
import type { ParleyServer } from './server.ts';

/** What a person reads once the server listens; its first line is a stable promise to scripts. */
export function banner(server: ParleyServer, config: Config): string {
  const lines = [`Parley is listening on ${server.url}`, ''];
  const row = (label: string, value: string) => lines.push(`  ${label.padEnd(12)}${value}`);
  row('Local', server.url);
  for (const url of server.lanUrls) row('LAN', url);
  row('Media', `UDP and TCP ${ports(server.mediaPorts)}`);
  if (server.metricsUrl !== undefined) row('Metrics', server.metricsUrl);
  if (config.redisUrl !== undefined) {
    const { id, address } = server.cluster.nodes.self;
    row('Node', `${id} at ${address}`);
    row('Redis', shownUrl(config.redisUrl));
  }
  if (config.generatedCredentials) {
    row('API key', config.apiKey);
    row('API secret', config.apiSecret);
    lines.push('', '  Made up for this run. The server is open: everybody gets in without a token.');
  } else if (config.open) {
    lines.push('', '  The server is open: everybody gets in without a token.');
  }
  if (server.lanUrls.some((url) => url.startsWith('http:'))) {
    lines.push('  Browsers give cameras to secure pages only; for other devices use: npm start -- --https');
  }
  return `${lines.join('\n')}\n`;
}

function ports(all: readonly number[]): string {
  const sorted = [...all].sort((a, b) => a - b);
  const [first = 0] = sorted;
  const last = sorted.at(-1) ?? 0;
  if (sorted.length === 1) return String(first);
  return last - first === sorted.length - 1 ? `${first}-${last}` : sorted.join(', ');
}
