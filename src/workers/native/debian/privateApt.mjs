// @ts-check
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, runCommand } from '../runCommand.mjs';
import { SetupError } from '../setupError.mjs';
import { sourcesWithSource } from './sources.mjs';

/** How long apt may take for one step, in ms. */
const STEP_TIMEOUT = 180_000;

/**
 * apt with lists, cache and sources of its own in a directory of ours: it downloads packages and their sources,
 * checked against the distribution's keys as ever, and needs no root. Nothing of the machine's apt is changed.
 */
export class PrivateApt {
  /** @type {string[]} */
  #options;
  #dir;
  #run;

  /**
   * @param {string} dir An empty directory.
   * @param {Pick<NonNullable<Parameters<typeof runCommand>[2]>, 'signal' | 'log'>} run
   */
  constructor(dir, run) {
    const { list, sources } = sourcesWithSource();
    if (!list && !sources) {
      throw new SetupError(
        'apt knows no source of this distribution (in /etc/apt/sources.list or sources.list.d): add one, or set ' +
          'MEDIASOUP_WORKER_BIN to a mediasoup-worker binary',
      );
    }
    for (const name of ['lists/partial', 'cache/archives/partial', 'sources.d', 'downloads']) {
      mkdirSync(join(dir, name), { recursive: true });
    }
    writeFileSync(join(dir, 'sources.d', 'parley.list'), list);
    writeFileSync(join(dir, 'sources.d', 'parley.sources'), sources);
    const settings = {
      'Dir::Etc::sourcelist': '/dev/null',
      'Dir::Etc::sourceparts': join(dir, 'sources.d'),
      'Dir::State::lists': join(dir, 'lists'),
      'Dir::Cache': join(dir, 'cache'),
      'Dir::Cache::archives': join(dir, 'cache', 'archives'),
      // As root, apt would hand the download to a user who cannot write here.
      'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '',
      'Acquire::Languages': 'none',
      'Acquire::Retries': '1',
    };
    this.#options = Object.entries(settings).flatMap(([name, value]) =>
      value ? ['-o', `${name}=${value}`] : [],
    );
    this.#dir = dir;
    this.#run = run;
  }

  /** Fetches the package lists. */
  async update() {
    await this.#apt(['update', '--error-on=any'], this.#dir);
  }

  /**
   * Fetches a source package.
   *
   * @param {string} name
   * @returns {Promise<{ dir: string, files: string[] }>} Its files, such as `x.orig.tar.gz` and `x.debian.tar.xz`.
   */
  async source(name) {
    const dir = join(this.#dir, 'downloads', `${name}-source`);
    mkdirSync(dir, { recursive: true });
    await this.#apt(['source', '--download-only', name], dir);
    return { dir, files: readdirSync(dir) };
  }

  /**
   * Fetches binary packages and unpacks them into a directory.
   *
   * @param {readonly string[]} names
   * @param {string} root Becomes what `/` is to an installed package.
   * @returns {Promise<Map<string, string>>} The version of each.
   */
  async unpack(names, root) {
    const dir = join(this.#dir, 'downloads', 'packages');
    mkdirSync(dir, { recursive: true });
    await this.#apt(['download', ...names], dir);
    const versions = new Map();
    for (const file of readdirSync(dir)) {
      await runCommand('dpkg-deb', ['--extract', join(dir, file), root], this.#run);
      const format = '--showformat=${Package} ${Version}';
      const [name, version] = (
        await runCommand('dpkg-deb', ['--show', format, join(dir, file)], this.#run)
      ).split(' ');
      versions.set(name, version);
    }
    return versions;
  }

  /**
   * What installing these packages would install anew, dependencies included.
   *
   * @param {readonly string[]} names
   * @returns {Promise<string[]>}
   */
  async missing(names) {
    const plan = await this.#apt(
      ['install', '--simulate', '--yes', '--no-install-recommends', ...names],
      this.#dir,
    );
    // "Inst name (version ...)" installs, "Inst name [installed version] (version ...)" would upgrade.
    return [...plan.matchAll(/^Inst (\S+) \(/gm)].map(([, name = '']) => name);
  }

  /**
   * @param {string[]} args
   * @param {string} cwd
   */
  async #apt(args, cwd) {
    try {
      return await runCommand('apt-get', [...this.#options, ...args], {
        ...this.#run,
        cwd,
        timeout: STEP_TIMEOUT,
        env: { ...process.env, LC_ALL: 'C' },
      });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const reason = error.output.split('\n').find((line) => /^[EW]: /.test(line)) ?? error.message;
      throw new SetupError(`apt-get ${args[0]} failed (${reason}): is the package mirror in reach?`, {
        cause: error,
      });
    }
  }
}
