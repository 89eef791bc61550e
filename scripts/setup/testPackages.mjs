// @ts-check
import {
  findProgram,
  installCommand,
  installPackages,
  installedVersions,
} from '../../src/workers/native/debian/packages.mjs';
import { SetupError } from '../../src/workers/native/setupError.mjs';

/** Programs that the tests run, and the Debian packages which have them. */
const PROGRAMS = {
  chromium: 'chromium',
  'firefox-esr': 'firefox-esr',
  ffmpeg: 'ffmpeg',
  Xvfb: 'xvfb',
  ip: 'iproute2',
  iptables: 'iptables',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  janus: 'janus',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  pulseaudio: 'pulseaudio',
  'redis-server': 'redis-server',
  turnserver: 'coturn',
  certutil: 'libnss3-tools',
  prlimit: 'util-linux',
};

/** What programs of the tests load. */
const LIBRARIES = [
  'gir1.2-gst-plugins-bad-1.0',
  'gstreamer1.0-nice',
  'gstreamer1.0-plugins-bad',
  'gstreamer1.0-plugins-base',
  'gstreamer1.0-plugins-good',
  'python3-gi',
];

/**
 * Installs what the tests need from Debian and the machine does not have.
 *
 * @param {import('./setUp.mjs').StepContext} context
 * @throws {SetupError} which names the packages, when this process may not install them.
 */
export async function ensureTestPackages({ progress, signal }) {
  const missing = await missingPackages();
  if (missing.length === 0) return;
  await progress.step('test packages', async (report) => {
    await installPackages(missing, { signal, onProgress: report });
    const still = await missingPackages();
    if (still.length > 0)
      throw new SetupError(`the tests need some packages; please run: sudo ${installCommand(still)}`);
  });
}

async function missingPackages() {
  const installed = await installedVersions(LIBRARIES);
  // Elsewhere than on Debian nobody can tell.
  const libraries = findProgram('dpkg-query') ? LIBRARIES.filter((name) => !installed.has(name)) : [];
  const programs = Object.entries(PROGRAMS).flatMap(([program, name]) =>
    findProgram(program) ? [] : [name],
  );
  return [...new Set([...programs, ...libraries])];
}
