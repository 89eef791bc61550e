import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Rgb } from '../support/clips.ts';
import { FirefoxVisitor } from '../support/firefox.ts';
import { until } from '../support/processes.ts';
import { ServerProcess } from '../support/serverProcess.ts';
import { TestNetwork } from '../support/testNetwork.ts';
import { studioScript } from './support/studio.ts';

const RED: Rgb = [200, 40, 40];
let network: TestNetwork | undefined;
let server: ServerProcess;
let firefox: FirefoxVisitor;

beforeAll(async () => {
  network = TestNetwork.create(['server', 'firefox']);
  [server, firefox] = await Promise.all([
    ServerProcess.start({}, { host: network.host('server') }),
    FirefoxVisitor.launch(network, 'firefox'),
  ]);
  // Of the server's own origin, and with nothing on it that asks for a camera.
  await firefox.open(`${server.url}/nothing-here`);
  await firefox.page.evaluate(studioScript());
}, 120_000);

afterEach(() => firefox.run(() => window.studio.close(), null));

afterAll(async () => {
  try {
    await firefox.close();
    expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  } finally {
    network?.close();
  }
}, 60_000);

const played = () => firefox.run(() => window.studio.played(), null);

async function morePictures(): Promise<void> {
  const before = await played();
  await until('more pictures', async () => (await played()).frames > before.frames + 20, 20_000);
}

describe('in Firefox', () => {
  it('a picture is sent and played, and goes on when ICE is restarted', async () => {
    await firefox.run((show) => window.studio.publish(show), {
      ...{ name: 'Red', codec: 'video/VP8', colour: RED, width: 320 },
      endpoint: `${server.url}/whip/studio`,
    });
    await firefox.run((endpoint) => window.studio.play(endpoint), `${server.url}/whep/studio`);
    await morePictures();
    expect(await played()).toMatchObject({ codec: 'video/VP8', width: 320 });
    await firefox.until(
      'the colour',
      (wanted: Rgb) => {
        const colour = window.studio.colour();
        return colour && wanted.every((value, i) => Math.abs(value - (colour[i] ?? 0)) < 50);
      },
      RED,
    );
    for (const name of ['Red', 'player']) {
      await firefox.run((who) => window.studio.restartIce(who), name);
      await morePictures();
    }
    expect(firefox.errors).toEqual([]);
  }, 90_000);
});
