import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { BareServer } from './BareServer.ts';

/*
 * The bare server as a process: `main.js [--workers N] [--address A]`. It says `listening on tcp://…` once it does.
 */

const { values } = parseArgs({
  options: { workers: { type: 'string' }, address: { type: 'string', default: '127.0.0.1' } },
});
const workers = Number(values.workers ?? availableParallelism());
const server = await BareServer.start({ workers, address: values.address });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  // mediasoup closes its workers at these signals and then sends the signal again; this way there is a status.
  process.removeAllListeners(signal);
  process.on(signal, () => {
    void server.close().finally(() => process.exit(0));
  });
}
process.stdout.write(`listening on tcp://${values.address}:${server.port}\n`);
