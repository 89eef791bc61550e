import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { openSdkPage } from '../support/sdkPage.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TcpProxy } from '../support/tcpProxy.ts';

const [ann, bob, cyd] = PEOPLE as [ClipPerson, ClipPerson, ClipPerson];

let server: ServerProcess;
let proxy: TcpProxy;
let people: Participant[];

beforeAll(async () => {
  server = await ServerProcess.start();
  proxy = await TcpProxy.before(server.url);
  people = await Promise.all([ann, bob].map((person) => Participant.launch(person)));
}, 60_000);

afterAll(async () => {
  await Promise.all(people.map((participant) => participant.close()));
  proxy.close();
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
}, 60_000);

describe('a socket that is lost', () => {
  it('stops no media, is taken up again, and nobody is told that somebody left', async () => {
    const [one, other] = people as [Participant, Participant];
    await one.join(proxy.url, 'recovery');
    await other.join(server.url, 'recovery');
    await Promise.all([one.seesAndHears(bob), other.seesAndHears(ann)]);
    await other.page.evaluate(() => {
      document.querySelector('parley-room')?.addEventListener('peerleft', () => {
        document.body.dataset['left'] = 'told';
      });
    });

    proxy.cut();
    await one.until('the lost connection to show', () => window.parleyTest.status() === 'reconnecting', null);
    // Both directions go on moving while nothing can be signaled.
    for (const { page } of people) await page.evaluate(() => window.parleyTest.clear());
    await Promise.all([one.seesAndHears(bob), other.seesAndHears(ann)]);
    expect(await one.page.evaluate(() => window.parleyTest.status())).toBe('reconnecting');
    // Not a wait for anything: the outage itself, longer than any hiccup.
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await proxy.restore();

    await one.until('the connection to be back', () => window.parleyTest.status() === 'connected', null);
    for (const { page } of people) await page.evaluate(() => window.parleyTest.clear());
    await Promise.all([one.seesAndHears(bob), other.seesAndHears(ann)]);
    expect(await other.page.evaluate(() => document.body.dataset['left'])).toBeUndefined();
    expect(people.flatMap(({ errors }) => errors)).toEqual([]);
  }, 120_000);
});

describe('the SDK on a page of its own', () => {
  it('delivers reliable, lossy and addressed messages, with topic and sender', async () => {
    const newcomer = await Participant.launch(cyd);
    people.push(newcomer);
    for (const one of people) await openSdkPage(one, server.url, 'data');
    await people[0]?.page.evaluate(async () => {
      const room = window.testRoom;
      const cyds = room.state.peers.filter(({ name }) => name === 'Cyd').map(({ peerId }) => peerId);
      await room.sendData('to all', { topic: 'greeting' });
      await room.sendData({ only: 'Cyd' }, { to: cyds });
      // A lossy message may get lost, and does where the channels are not open yet.
      setInterval(() => void room.sendData('again and again', { reliable: false }), 100);
    });
    await newcomer.until('all messages', isHeard, ['to all', '{"only":"Cyd"}', 'again and again']);
    await people[1]?.until('all messages', isHeard, ['to all', 'again and again']);
    const at = (page: Participant['page']) => page.evaluate(() => window.received);
    const annId = await newcomer.page.evaluate(
      () => window.testRoom.state.peers.find(({ name }) => name === 'Ann')?.peerId,
    );
    const cydGot = await at(newcomer.page);
    expect(cydGot).toContainEqual(
      expect.objectContaining({ payload: 'to all', topic: 'greeting', reliable: true, from: annId }),
    );
    expect(cydGot).toContainEqual(expect.objectContaining({ payload: { only: 'Cyd' }, reliable: true }));
    expect(cydGot).toContainEqual(expect.objectContaining({ payload: 'again and again', reliable: false }));
    expect((await at(people[1]!.page)).map(({ payload }) => payload)).not.toContainEqual({ only: 'Cyd' });
    expect(await at(people[0]!.page)).toEqual([]);
  }, 60_000);
});

/** Runs in the page: whether messages with these payloads have come. */
function isHeard(payloads: string[]): boolean {
  const heard = window.received.map(({ payload }) =>
    typeof payload === 'string' ? payload : JSON.stringify(payload),
  );
  return payloads.every((payload) => heard.includes(payload));
}
