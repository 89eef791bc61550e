import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The package as `npm test` has built it. */
export const BUILT_SDK = resolve('dist/sdk');

export interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
}

/**
 * A directory of somebody else's, in which packages are installed as npm would do it, without the network: the SDK from its
 * packed archive, and everything else from what this repository has.
 */
export class Consumer {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  /** Installs the SDK with what it depends on, and `packages`. @param source A directory whose files are copied into it. */
  static async create(packages: readonly string[] = [], source?: string): Promise<Consumer> {
    const consumer = new Consumer(await mkdtemp(join(tmpdir(), 'parley-consumer-')));
    if (source !== undefined) await cp(source, consumer.directory, { recursive: true });
    const place = join(consumer.directory, 'node_modules', '@parley', 'client');
    await mkdir(place, { recursive: true });
    const packed = await run('npm', ['pack', '--json', '--pack-destination', consumer.directory, BUILT_SDK], {
      cwd: consumer.directory,
      env: { ...process.env, npm_config_offline: 'true', npm_config_update_notifier: 'false' },
    });
    const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
    await run('tar', ['-xzf', filename, '-C', place, '--strip-components=1'], { cwd: consumer.directory });
    const { dependencies } = await consumer.manifest();
    for (const name of [...Object.keys(dependencies), ...packages]) await consumer.#link(name);
    return consumer;
  }

  async manifest(): Promise<Manifest> {
    return JSON.parse(
      await readFile(join(this.directory, 'node_modules/@parley/client/package.json'), 'utf8'),
    ) as Manifest;
  }

  /** Runs a program of this repository's `node_modules`; resolves with what it said, rejects with it when it fails. */
  async run(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    try {
      const { stdout } = await run(process.execPath, [resolve('node_modules', program), ...args], {
        cwd: this.directory,
        env: { ...process.env, ...env },
      });
      return stdout;
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${program} ${args.join(' ')}:\n${stdout}\n${stderr}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async #link(name: string): Promise<void> {
    const place = join(this.directory, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(await realpath(resolve('node_modules', name)), place);
  }
}
