// @ts-check
import { findProgram, installCommand, installPackages } from '../../src/workers/native/debian/packages.mjs';
import { SetupError } from '../../src/workers/native/setupError.mjs';

/** Programs that the tests run, and the Debian packages which have them. */
const PROGRAMS = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  ffmpeg: 'ffmpeg',
  ip: 'iproute2',
  iptables: 'iptables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  janus: 'janus',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'redis-server': 'redis-server',
  turnserver: 'coturn',
  certutil: 'libnss3-tools',
  prlimit: 'util-linux',
};

/**
 * Installs what the tests need from Debian and the machine does not have.
 *
 * @param {import('./setUp.mjs').StepContext} context
 * @throws {SetupError} which names the packages, when this process may not install them.
 */
export async function ensureTestPackages({ progress, signal }) {
  const missing = missingPackages();
  if (missing.length === 0) return;
  await progress.step('test packages', async (report) => {
    await installPackages(missing, { signal, onProgress: report });
    const still = missingPackages();
    if (still.length > 0)
      throw new SetupError(`the tests need some packages; please run: sudo ${installCommand(still)}`);
  });
}

function missingPackages() {
  const missing = Object.entries(PROGRAMS).flatMap(([program, name]) => (findProgram(program) ? [] : [name]));
  return [...new Set(missing)];
}
