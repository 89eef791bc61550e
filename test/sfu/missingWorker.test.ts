import { expect, test } from '@jest/globals';
import { silentLogger } from '../../src/support/logger.ts';

test('a worker binary that is not there is one clear error, and nothing is left', async () => {
  const binary = '/nonexistent/mediasoup-worker';
  // mediasoup reads the variable when it is loaded, so this needs a file, and with it modules, of its own.
  process.env['MEDIASOUP_WORKER_BIN'] = binary;
  const { WorkerPool } = await import('../../src/workers/WorkerPool.ts');
  const pool = WorkerPool.create({
    count: 2,
    rtcPort: 0,
    announcedAddresses: ['127.0.0.1'],
    logger: silentLogger,
  });
  await expect(pool).rejects.toMatchObject({
    code: 'unavailable',
    message: `the media worker process did not start: spawn ${binary} ENOENT`,
  });
  expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
});
