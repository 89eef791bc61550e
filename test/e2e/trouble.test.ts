import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHROMIUM, Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TestNetwork } from '../support/testNetwork.ts';

const [ann] = PEOPLE as [ClipPerson];
const MEDIA = 20_000;
/** ms: browsers give ICE up after half a minute. */
const PATIENCE = 60_000;

let network: TestNetwork | undefined;
let server: ServerProcess | undefined;
let person: Participant | undefined;

function iptables(...rule: string[]): void {
  const [command, ...args] = network!.host('server').command;
  execFileSync(command, [...args, 'iptables', ...rule], { stdio: ['ignore', 'ignore', 'pipe'] });
}

beforeAll(async () => {
  network = TestNetwork.create(['server', 'chromium']);
  server = await ServerProcess.start(
    {
      PARLEY_HTTPS: 'true',
      PARLEY_CACHE_DIR: join(network.directory, 'cache'),
      PARLEY_WORKERS: '1',
      PARLEY_RTC_PORT: String(MEDIA),
    },
    { host: network.host('server') },
  );
  person = await Participant.launch(ann, {
    program: network.program('chromium', CHROMIUM),
    flags: ['--ignore-certificate-errors'],
  });
}, 120_000);

afterAll(async () => {
  try {
    await person?.close();
    if (server) expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  } finally {
    network?.close();
  }
}, 60_000);

describe('a call behind a firewall that drops all media', () => {
  it('says what was tried and what helps, to eyes and screen readers, until media gets through', async () => {
    iptables('-A', 'INPUT', '-p', 'udp', '-j', 'DROP');
    iptables('-A', 'INPUT', '-p', 'tcp', '--dport', String(MEDIA), '-j', 'DROP');
    const { page } = person!;
    await person!.join(server!.url, 'firewall');
    const card = page.locator('parley-trouble');
    await card.waitFor({ timeout: PATIENCE });

    expect(await card.locator('li').allInnerTexts()).toEqual([
      'UDP: no answer',
      'TCP: no answer',
      'TURN relay: none offered',
    ]);
    expect(await card.locator('[data-role=advice]').innerText()).toContain('Another network');
    expect(await card.locator('[data-role=operator]').innerText()).toMatch(/^open .* for UDP and TCP/);
    // The place it is in is told by screen readers.
    expect(await page.locator('[role=status]', { has: card }).count()).toBe(1);
    const picture = process.env['TEST_PICTURES'];
    if (picture !== undefined) await page.screenshot({ path: join(picture, 'trouble.png') });

    iptables('-F', 'INPUT');
    await card.waitFor({ state: 'detached', timeout: PATIENCE });
    expect(person!.errors).toEqual([]);
  }, 180_000);
});
