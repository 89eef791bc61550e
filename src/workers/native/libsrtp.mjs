// @ts-check
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { libsrtpOptions } from './recipe/options.mjs';
import { runCommand } from './runCommand.mjs';

/** The headers that a user of libsrtp needs, where its source has them. */
const HEADERS = [
  'include/srtp.h',
  'crypto/include/auth.h',
  'crypto/include/cipher.h',
  'crypto/include/crypto_types.h',
];

/**
 * Builds libsrtp 2 on OpenSSL from Debian's source package into the wrapper project of the recipe. Debian's own
 * binary is built on NSS, which costs about 20 % more CPU per packet. Takes 5 s.
 *
 * @param {import('./debian/privateApt.mjs').PrivateApt} apt
 * @param {string} workDir An empty directory.
 * @param {string} wrapperDir The wrapper project.
 * @param {NonNullable<Parameters<typeof runCommand>[2]>} run
 * @returns {Promise<string>} The version of the source package.
 */
export async function buildLibsrtp(apt, workDir, wrapperDir, run) {
  const { dir, files } = await apt.source('libsrtp2');
  const upstream = files.find((file) => file.includes('.orig.tar.'));
  const debian = files.find((file) => file.includes('.debian.tar.'));
  if (!upstream || !debian) throw new Error(`unexpected source package: ${files.join(', ')}`);

  // What dpkg-source does, without the Perl it needs: upstream's source, then Debian's patches (security fixes).
  mkdirSync(workDir, { recursive: true });
  await runCommand('tar', ['-xf', join(dir, upstream), '--strip-components=1'], { ...run, cwd: workDir });
  await runCommand('tar', ['-xf', join(dir, debian)], { ...run, cwd: workDir });
  const series = join(workDir, 'debian', 'patches', 'series');
  const patches = existsSync(series) ? readFileSync(series, 'utf8').split('\n') : [];
  for (const patch of patches.map((line) => line.replace(/#.*/, '').trim()).filter(Boolean)) {
    await runCommand('patch', ['-p1', '-i', join('debian', 'patches', patch)], { ...run, cwd: workDir });
  }

  // Its tests link OpenSSL, which may be here as a static library alone, and that needs the libraries it uses named.
  const env = { ...run.env, PKG_CONFIG: 'pkg-config --static' };
  await runCommand('./configure', libsrtpOptions, { ...run, env, cwd: workDir });
  await runCommand('make', ['-j2', 'libsrtp2.a'], { ...run, cwd: workDir });

  const library = join(wrapperDir, 'srtp2');
  const headers = join(wrapperDir, 'include', 'srtp2');
  mkdirSync(library, { recursive: true });
  mkdirSync(headers, { recursive: true });
  copyFileSync(join(workDir, 'libsrtp2.a'), join(library, 'libsrtp2.a'));
  for (const header of HEADERS)
    copyFileSync(join(workDir, header), join(headers, header.replace(/.*\//, '')));
  return debian.replace(/^[^_]*_(.*)\.debian\.tar\..*$/, '$1');
}
