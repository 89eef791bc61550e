import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CHECK_NAMES } from '../../src/doctor/checks.ts';
import { projectFile, tableRows } from '../support/docsTables.ts';
import type { Examination } from '../support/doctorCommand.ts';
import { FAULTS } from './faults.ts';
import { Ward } from './Ward.ts';

let ward: Ward;
const seen: string[] = [];

beforeAll(async () => {
  ward = await Ward.open();
}, 60_000);

afterEach(() => ward.recover());

afterAll(async () => {
  await ward.close();
  process.stdout.write(`\nwhat the doctor said of each injected fault:\n${seen.join('\n')}\n`);
});

describe('a server that is ill', () => {
  it.each(FAULTS)(
    'has its doctor name $name, and nothing else',
    async (injected) => {
      const { name, check, status, says, mend } = injected;
      const examined = await ward.examine(await injected.inject(ward));
      seen.push(
        ...[`- ${name}`, ...examined.wrong.map((one) => `    ${one.status} ${one.check}: ${one.text}`)],
      );
      expect(examined.wrong.length).toBeGreaterThan(0);
      for (const finding of examined.wrong) {
        expect(finding).toMatchObject({ check, status });
        expect(finding.text).toMatch(says);
        expect(finding.mend).toMatch(mend);
      }
      expect(examined.status).toBe(status === 'fault' ? 1 : 0);
    },
    60_000,
  );
});

describe('a healthy server', () => {
  /** What is true of the machine that the tests run on, whatever runs there. */
  const ofServer = ({ wrong }: Examination) => wrong.filter(({ check }) => check !== 'kernel');

  it('has nothing wrong before it starts, on the loopback interface', async () => {
    const examined = await ward.examine({ env: await ward.loopback() });
    expect(ofServer(examined)).toEqual([]);
    expect(examined.status).toBe(0);
    expect(examined.findings.filter(({ check }) => check === 'media')).toEqual([
      {
        check: 'media',
        status: 'ok',
        text: expect.stringContaining('ICE and DTLS connect over UDP and TCP'),
      },
    ]);
  });

  it('has nothing wrong while it runs, with a TURN server that relays over UDP, TCP and TLS', async () => {
    const env = {
      ...(await ward.loopback()),
      PARLEY_ICE_SERVERS: JSON.stringify(ward.turn.iceServers()),
      PARLEY_API_KEY: 'key',
      PARLEY_API_SECRET: 'a-secret-for-tests-of-32-letters',
    };
    const server = await ward.start(env);
    const examined = await ward.examine({ env });
    expect(ofServer(examined)).toEqual([]);
    const turn = examined.findings.filter(({ check }) => check === 'turn').map(({ text }) => text);
    expect(turn).toEqual([
      expect.stringMatching(/^stun:.*answers/),
      expect.stringMatching(/^turn:.*udp: allocates, and a media port answers through it/),
      expect.stringMatching(/^turn:.*tcp: allocates, and a media port answers through it/),
      expect.stringMatching(/^turns:.*tcp: allocates, and a media port answers through it/),
    ]);
    // The doctor has left no seat behind.
    expect((await server.ready()).peers).toBe(0);
  });

  it('has nothing wrong in a network: seen from itself, from outside, and before it starts', async () => {
    const { inNetwork: env, server, client, url } = ward;
    expect(ofServer(await ward.examine({ env, host: server }))).toEqual([]);
    await ward.start(env, server);
    const beside = await ward.examine({ env, host: server });
    expect(ofServer(beside)).toEqual([]);
    expect(beside.findings).toContainEqual({
      check: 'media',
      status: 'ok',
      text: '10.213.0.1, port 20000, 20001: ICE and DTLS connect over UDP and TCP',
    });
    expect(ofServer(await ward.examine({ env, host: server, args: ['--url', url] }))).toEqual([]);
    const outside = await ward.examine({ host: client, args: ['--url', url] });
    expect(ofServer(outside)).toEqual([]);
    expect(outside.findings).toContainEqual(expect.objectContaining({ check: 'clock', status: 'ok' }));
  }, 60_000);
});

describe('docs/doctor.md', () => {
  const rows = tableRows(projectFile('docs/doctor.md'));

  it('has every check', () => {
    const named = rows.map(([first = '']) => first.replaceAll('`', ''));
    for (const name of CHECK_NAMES) expect(named).toContain(name);
  });

  it('has every fault that is injected here, and no other', () => {
    const documented = rows.filter(
      (cells) => cells.length === 3 && FAULTS.some(({ name }) => name === cells[0]),
    );
    expect(documented).toEqual(FAULTS.map(({ name, check, status }) => [name, `\`${check}\``, status]));
  });
});
