import { Participant } from '../test/support/chromium.ts';
import { PEOPLE } from '../test/support/clips.ts';
import { ServerProcess } from '../test/support/serverProcess.ts';

/* Takes docs/screenshot.png: a room with three people and the chat open, as one of them sees it. */

const server = await ServerProcess.start();
const people = await Promise.all(PEOPLE.map((person) => Participant.launch(person)));
try {
  for (const participant of people) await participant.join(server.url, 'standup');
  const [viewer, ...others] = people;
  if (!viewer) throw new Error('nobody is there to look');
  await viewer.page.setViewportSize({ width: 1280, height: 800 });
  for (const other of others) await viewer.seesAndHears(other.person);
  for (const [index, text] of ['Shall we start?', 'Yes, I can see both of you.'].entries()) {
    const page = people[index + 1]?.page;
    await page?.evaluate(() => window.parleyTest.click('toggle-chat'));
    await page?.locator('[data-role="chat-input"]').fill(text);
    await page?.keyboard.press('Enter');
  }
  await viewer.page.evaluate(() => window.parleyTest.click('toggle-chat'));
  await viewer.until('the chat', () => window.parleyTest.messages().length === 2, null);
  await viewer.page.screenshot({ path: 'docs/screenshot.png', animations: 'disabled' });
  console.log('docs/screenshot.png');
} finally {
  await Promise.all(people.map((participant) => participant.close()));
  await server.stop();
}
