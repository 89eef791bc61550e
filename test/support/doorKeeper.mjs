// @ts-check
/*
 * Runs on a host of a test network, and is given a server that listens outside of it: what connects there is
 * connected to the host's own loopback interface. It ends with the process that started it.
 */
import { connect } from 'node:net';
import process from 'node:process';

const port = Number(process.argv[2]);

process.once('message', (_, outside) => {
  /** @type {import('node:net').Server} */ (outside).on('connection', (near) => {
    const far = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ]) {
      socket?.on('close', () => other?.destroy());
      // `close` follows and says the same.
      socket?.on('error', () => undefined);
      if (other) socket?.pipe(other);
    }
  });
  process.send?.('open');
});
process.once('disconnect', () => process.exit());
