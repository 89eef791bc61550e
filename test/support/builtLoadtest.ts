import { resolve } from 'node:path';

/** The compiled load test, which `npm test` builds: for what runs in processes of its own. */
export const builtLoadtest = resolve('dist/loadtest');
