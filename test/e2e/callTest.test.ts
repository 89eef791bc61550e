import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CHROMIUM, Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { keepPeerConnections } from '../support/peerConnections.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { trustedCertificate } from '../support/testAuthority.ts';
import { TestNetwork } from '../support/testNetwork.ts';

const [ann] = PEOPLE as [ClipPerson];
/** Of the first of two workers. */
const MEDIA_PORT = 20_000;
/** ms: what is blocked is waited for. */
const PATIENCE = 40_000;

let network: TestNetwork | undefined;
let server: ServerProcess | undefined;
let person: Participant | undefined;

beforeAll(async () => {
  network = TestNetwork.create(['server', 'ann']);
  const certificate = await trustedCertificate([network.host('server').address], network.directory);
  server = await ServerProcess.start(
    {
      PARLEY_TLS_CERT: certificate.cert,
      PARLEY_TLS_KEY: certificate.key,
      PARLEY_WORKERS: '2',
      PARLEY_RTC_PORT: String(MEDIA_PORT),
      PARLEY_TURN: 'managed',
    },
    { host: network.host('server') },
  );
  person = await Participant.launch(ann, {
    program: network.program('ann', CHROMIUM),
    home: certificate.home,
  });
  await person.page.addInitScript(keepPeerConnections);
  await person.open(`${server.url}/r/standup?name=${ann.name}`);
}, 120_000);

afterAll(async () => {
  try {
    await person?.close();
    if (server) expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  } finally {
    network?.close();
  }
}, 60_000);

const sheet = () => person!.page.locator('[data-role=network-test]');
const UDP = { protocol: 'udp' } as const;
const MEDIA_TCP = { protocol: 'tcp', ports: `${MEDIA_PORT}:${MEDIA_PORT + 1}` } as const;
const TURN_TCP = { protocol: 'tcp', ports: '3478' } as const;
const TURN_TLS = { protocol: 'tcp', ports: '5349' } as const;

interface Row {
  grade: string | null;
  result: string;
  about: string;
}

/** Waits for the end of the test that goes on, and reads what it says, by the row. */
async function rows(): Promise<Record<string, Row>> {
  await sheet().locator('ul[aria-busy=false]').waitFor({ timeout: PATIENCE });
  const found: Record<string, Row> = {};
  for (const row of await sheet().locator('li').all()) {
    found[(await row.getAttribute('data-check')) ?? ''] = {
      grade: await row.getAttribute('data-grade'),
      result: await row.locator('.result').innerText(),
      about: await row.locator('.about').innerText(),
    };
  }
  return found;
}

const again = () => sheet().locator('[data-action=test-network-again]').click();
/** As it is read out. */
const verdict = () => sheet().locator('[role=status]').innerText();
const open = () => person!.page.locator('[data-action=test-network]').click();
const openConnections = () =>
  person!.run(
    () => [...window.peerConnections].filter(({ connectionState }) => connectionState !== 'closed').length,
    null,
  );

async function picture(name: string): Promise<void> {
  const directory = process.env['TEST_PICTURES'];
  if (directory === undefined) return;
  await person!.page.screenshot({ path: join(directory, `${name}.png`), animations: 'disabled' });
}

describe('the test of the network before a call', () => {
  it('says that all is well, with figures, and nothing moves while it finds out', async () => {
    const { page } = person!;
    const before = await openConnections();
    await open();
    await sheet().waitFor();
    const shape = () =>
      sheet().evaluate((dialog) => [
        dialog.scrollHeight,
        ...[...dialog.children].map((it) => it.scrollHeight),
      ]);
    const atFirst = await shape();
    await picture('testing');
    const { udp, tcp, relay, roundTripTime, downlink, uplink } = await rows();
    expect([udp, tcp, relay].map((row) => row?.grade)).toEqual(['good', 'good', 'good']);
    expect(roundTripTime).toMatchObject({ grade: 'good', result: expect.stringMatching(/^(< )?\d+ ms$/) });
    for (const figure of [downlink, uplink]) {
      expect(figure).toMatchObject({ grade: 'good', result: expect.stringMatching(/^(> )?\d+\.\d Mbps$/) });
    }
    expect(await verdict()).toMatch(
      /^Your network is ready for calls\.\s+Sound and video take the best way\./,
    );
    expect(await shape()).toEqual(atFirst);
    // What tested is gone: what the screen before the call warmed up with was there before.
    expect(await openConnections()).toBeLessThanOrEqual(before);
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await picture(`good-${scheme}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }, 120_000);

  it('says that UDP is blocked and what helps, and that TCP works', async () => {
    network!.setFirewall('ann', [UDP]);
    await again();
    const { udp, tcp, relay, roundTripTime, downlink, uplink } = await rows();
    expect(udp).toMatchObject({ grade: 'failed', result: 'Blocked' });
    expect(tcp).toMatchObject({ grade: 'good', about: 'Your call takes this way.' });
    // To the TURN server by TCP.
    expect(relay?.grade).toBe('good');
    for (const figure of [roundTripTime, downlink, uplink]) expect(figure?.result).toMatch(/\d (ms|Mbps)$/);
    expect(await verdict()).toMatch(
      /^Calls work, with limits\.\s+UDP is blocked on this network\. The call works over TCP but may stutter\. .* open UDP port 20000–20001\.\s*$/,
    );
    await picture('udp-blocked');
    await person!.page.setViewportSize({ width: 360, height: 720 });
    await picture('udp-blocked-phone');
    const width = await sheet().evaluate((it) => [it.scrollWidth, it.clientWidth]);
    expect(width[0]).toBe(width[1]);
    await person!.page.setViewportSize({ width: 960, height: 640 });
  }, 120_000);

  it('says that the relay is taken where nothing else works, and that nothing does where that is blocked', async () => {
    network!.setFirewall('ann', [UDP, MEDIA_TCP]);
    await again();
    const relayed = await rows();
    expect(await verdict()).toContain('works through the relay but may stutter');
    expect(relayed['tcp']).toMatchObject({ grade: 'absent', result: 'Blocked' });
    expect(relayed['relay']).toMatchObject({ grade: 'good', about: 'Your call takes this way.' });
    expect(relayed['uplink']?.result).toMatch(/bps$/);

    network!.setFirewall('ann', [UDP, MEDIA_TCP, TURN_TCP, TURN_TLS]);
    await again();
    const nothing = await rows();
    expect(['udp', 'tcp', 'relay'].map((name) => nothing[name]?.grade)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
    expect(nothing['uplink']).toMatchObject({ grade: 'absent', result: 'Not known' });
    expect(await verdict()).toMatch(
      /^Calls do not get through on this network\..*open port 20000–20001 for UDP and TCP/s,
    );
    await picture('nothing');
    network!.setFirewall('ann', []);
  }, 180_000);

  it('ends when its sheet is closed, and when the person joins, and leaves nothing', async () => {
    const { page } = person!;
    await again();
    await sheet().locator('[data-check=udp][data-grade=good]').waitFor();
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'detached' });
    await person!.until(
      'the connections to close',
      () => [...window.peerConnections].every(({ connectionState }) => connectionState === 'closed'),
      null,
    );
    expect(await page.evaluate(() => document.activeElement?.localName)).toBe('parley-room');
    await open();
    await sheet().locator('[data-check=udp][data-grade=good]').waitFor();
    // By the page, past the sheet.
    await person!.click('join');
    await person!.until('the call', () => window.parleyTest.status() === 'connected', null);
    expect(await sheet().count()).toBe(0);
    // One to send on, one to receive on, if anybody sends.
    expect(await openConnections()).toBeLessThanOrEqual(2);
    expect(person!.errors).toEqual([]);
  }, 120_000);
});
