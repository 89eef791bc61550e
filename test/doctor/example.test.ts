import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';

/** Tests run in the project's root, with the server built. */
const DOCTOR = `${process.execPath} ${resolve('dist/server/src/cli.js')} doctor`;

/** A server that is to start on the loopback interface. */
async function settings(): Promise<Record<string, string>> {
  const [port, mediaPort] = [await freePort(['127.0.0.1']), await freePort(['127.0.0.1'])];
  return {
    PARLEY_HOST: '127.0.0.1',
    PARLEY_PORT: String(port),
    PARLEY_RTC_PORT: String(mediaPort),
    PARLEY_WORKERS: '1',
    PARLEY_ANNOUNCED_ADDRESS: '127.0.0.1',
    PARLEY_METRICS_PORT: 'off',
  };
}

/** Runs the example before something that says that it is open. */
async function open(env: Record<string, string>): Promise<{ status: number | null; lines: string[] }> {
  const script = resolve('examples/doctor/open-when-well.mjs');
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_'));
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [script, process.execPath, '-e', 'console.log("open")'],
      { env: { ...Object.fromEntries(inherited), NODE_ENV: 'development', DOCTOR_COMMAND: DOCTOR, ...env } },
      (_error, stdout, stderr) =>
        done({ status: child.exitCode, lines: `${stdout}${stderr}`.trim().split('\n') }),
    );
  });
}

describe('examples/doctor', () => {
  it('opens the doors of a server that is well', async () => {
    const { status, lines } = await open(await settings());
    expect(lines.slice(-2)).toEqual([expect.stringMatching(/^well: \d+ findings, no fault$/), 'open']);
    expect(status).toBe(0);
  });

  it('keeps them shut, and says what mends it, where nobody would get through', async () => {
    const env = await settings();
    const other = createServer((socket) => socket.destroy()).listen(Number(env['PARLEY_PORT']), '127.0.0.1');
    await once(other, 'listening');
    try {
      const { status, lines } = await open(env);
      expect(lines).toContainEqual(expect.stringMatching(/^fault ports: TCP port \d+/));
      expect(lines).toContainEqual(expect.stringMatching(/^ {2}mend: .*PARLEY_PORT/));
      expect(lines.at(-1)).toMatch(/^not opened: 1 of \d+ findings are faults$/);
      expect(status).toBe(1);
    } finally {
      other.close();
    }
  });

  it('keeps them shut where the doctor cannot look', async () => {
    const { status, lines } = await open({ PARLEY_PORT: 'none' });
    expect(lines.join('\n')).toMatch(/^the doctor could not look: .*PARLEY_PORT/s);
    expect(status).toBe(2);
  });
});
