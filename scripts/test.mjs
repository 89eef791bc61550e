// @ts-check
/**
 * `npm test`: sets up what is not yet, and runs the tests. Arguments go to Jest, so `npm test -- test/unit` runs some
 * of them. The last line says how many passed, failed and were skipped.
 */
import process from 'node:process';
import { requireNodeVersion } from './setup/nodeVersion.mjs';

requireNodeVersion();
const { allParts, root, setUp } = await import('./setup/setUp.mjs');
const { runJest } = await import('./setup/runJest.mjs');
const { ensureTestPackages } = await import('./setup/testPackages.mjs');

/** Tests that run without a browser and without the built client and server. */
const PLAIN_TESTS = /^(?:\.\/)?test\/(?:unit|sfu|signaling|architecture)\b/;

const args = process.argv.slice(2);
const paths = args.filter((arg) => /^(?:\.\/)?test\//.test(arg));
const onlyPlain = paths.length > 0 && paths.every((path) => PLAIN_TESTS.test(path));

if (onlyPlain) await setUp(['dependencies', 'worker']);
else await setUp(allParts, ensureTestPackages);
process.exitCode = await runJest(root, args);
