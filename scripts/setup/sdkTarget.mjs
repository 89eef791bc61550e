// @ts-check
import { join } from 'node:path';
import { runCommand } from '../../src/workers/native/runCommand.mjs';

/**
 * The SDK as the npm package `@parley/client`, ready for `npm pack` and `npm publish`: a module for each of ours, so that
 * bundlers take what is used, and the types that can be reached from an entry point.
 *
 * @type {import('./build.mjs').Target}
 */
export const sdkTarget = {
  name: 'SDK package',
  output: 'sdk',
  inputs: [
    'client/lib',
    'client/hooks',
    'client/react',
    'client/vue',
    'client/package.md',
    'client/tsconfig.json',
    'client/tsconfig.sdk.json',
    'scripts/setup/keptTypes.mjs',
    'scripts/setup/sdkPackage.mjs',
    'scripts/setup/sdkTarget.mjs',
    'src/protocol',
    'src/support',
    'tsconfig.base.json',
    'package.json',
    'package-lock.json',
  ],
  async build(root, output, signal) {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const args = [tsc, '-p', join('client', 'tsconfig.sdk.json'), '--outDir', output, '--pretty', 'false'];
    await runCommand(process.execPath, args, { cwd: root, signal });
    // It needs a dependency, which need not be there yet when this module is loaded.
    const { finishSdkPackage } = await import('./sdkPackage.mjs');
    finishSdkPackage(root, output);
  },
};
