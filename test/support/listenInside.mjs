// @ts-check
/* Runs on a host of a test network: listens there, hands what listens to whoever started it, and ends. */
import { createServer } from 'node:net';
import process from 'node:process';

const listening = createServer().listen(0, process.argv[2], () => {
  // Both would take what connects until this one is closed.
  process.send?.('listening', listening, () => {
    listening.close();
    process.disconnect();
  });
});
