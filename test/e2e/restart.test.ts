import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../../src/workers/freePort.ts';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

let env: Record<string, string>;
let server: ServerProcess;
let people: Participant[];

beforeAll(async () => {
  const port = await freePort(['127.0.0.1', '::']);
  env = {
    PARLEY_PORT: `${port}`,
    PARLEY_RTC_PORT: '0',
    PARLEY_METRICS_PORT: 'off',
    PARLEY_WORKERS: '1',
    PARLEY_DRAIN_DEADLINE: '600000',
  };
  server = await ServerProcess.start(env);
  people = await Promise.all([ann, bob].map((person) => Participant.launch(person)));
}, 60_000);

afterAll(async () => {
  await Promise.all(people.map((participant) => participant.close()));
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

describe('a server that is restarted', () => {
  it('has everybody back in the same room, seen and heard, without a click', async () => {
    const [one, other] = people as [Participant, Participant];
    await one.join(server.url, 'restart');
    await other.join(server.url, 'restart');
    await Promise.all([one.seesAndHears(bob), other.seesAndHears(ann)]);
    await one.click('toggle-audio');
    for (const { page } of people) {
      await page.evaluate(() => {
        document.body.dataset['left'] = '';
        document.querySelector('parley-room')?.addEventListener('peerleft', (event) => {
          const { reason } = (event as CustomEvent<{ reason: string }>).detail;
          if (reason !== 'serverClosed') document.body.dataset['left'] = reason;
        });
      });
    }

    server.signal('SIGTERM');
    await Promise.all(
      people.map((participant) =>
        participant.until(
          'the notice',
          () => window.parleyTest.all('[data-role="notice"]').some((e) => e.textContent.includes('restarts')),
          null,
        ),
      ),
    );
    for (const { page } of people) {
      expect(await page.evaluate(() => window.parleyTest.status())).toBe('connected');
    }
    expect(await server.end('SIGTERM')).toBe(3);
    for (const participant of people) {
      await participant.until(
        'the lost connection to show',
        () => window.parleyTest.status() === 'reconnecting',
        null,
      );
      await participant.page.evaluate(() => window.parleyTest.clear());
    }
    server = await ServerProcess.start(env);

    await Promise.all([
      one.seesAndHears(bob),
      other.until(
        'the moving picture of Ann',
        (p: ClipPerson) => window.parleyTest.sees(p.name, p.colour),
        ann,
      ),
    ]);
    for (const participant of people) {
      await participant.until('the room', () => window.parleyTest.status() === 'connected', null);
    }
    // Muted is muted; and it can be undone.
    await other.until(
      'Ann to be muted still',
      (name: string) =>
        window.parleyTest
          .tile(name)
          ?.shadowRoot?.querySelector('[role="group"]')
          ?.getAttribute('aria-label')
          ?.includes('muted'),
      ann.name,
    );
    await one.click('toggle-audio');
    await other.seesAndHears(ann);
    const { rooms, peers } = await server.ready();
    expect({ rooms, peers }).toEqual({ rooms: 1, peers: 2 });
    // Whoever came back first found nobody there yet; the reason says that they had not left.
    for (const { page } of people) expect(await page.evaluate(() => document.body.dataset['left'])).toBe('');
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  }, 120_000);
});
