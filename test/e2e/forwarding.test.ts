import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerState } from '../../client/lib/publicTypes.ts';
import { Participant } from '../support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../support/clips.ts';
import { keepPeerConnections } from '../support/peerConnections.ts';
import { placeRoom } from '../support/placeRoom.ts';
import { ServerProcess } from '../support/serverProcess.ts';

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

let server: ServerProcess;
let publisher: Participant;
let viewer: Participant;

beforeAll(async () => {
  server = await ServerProcess.start();
  [publisher, viewer] = await Promise.all([Participant.launch(ann), Participant.launch(bob)]);
  await Promise.all([publisher, viewer].map(({ page }) => page.addInitScript(keepPeerConnections)));
  await publisher.join(server.url, 'forwarding');
  await viewer.join(server.url, 'forwarding');
  await publisher.seesAndHears(bob);
  await viewer.run(placeRoom, { above: 2000, width: 960, height: 640 });
}, 90_000);

afterAll(async () => {
  const errors = [publisher, viewer].flatMap((participant) => participant.errors);
  await Promise.all([publisher.close(), viewer.close()]);
  expect(await server.stop()).toEqual({ status: 0, leftovers: [] });
  expect(errors).toEqual([]);
}, 60_000);

describe('a tile on a page that is scrolled', () => {
  it('has moving pictures while it is in view', async () => {
    await scrollTo('end');
    await viewer.seesAndHears(ann);
    expect(await activeEncodings()).toContain(true);
  }, 60_000);

  it('receives nothing out of view, and its publisher stops to send', async () => {
    await scrollTo('start');
    await publisher.until('all encodings to be off', areEncodings, { active: false });
    await viewer.until('the end of the packets', packetsStand, null);
    await viewer.until('the cause', isBecauseOf, { name: ann.name, cause: 'notVisible' });
    expect(await viewer.run((name) => window.parleyTest.hears(name, 500), ann.name)).toBe(true);
  }, 60_000);

  it('comes back with new pictures, for which the publisher sends again', async () => {
    await viewer.run(() => window.parleyTest.clear(), null);
    await scrollTo('end');
    await publisher.until('an encoding to be on', areEncodings, { active: true });
    await viewer.seesAndHears(ann);
  }, 60_000);
});

describe('a picture in a small tile', () => {
  it('comes in a lower layer, and the publisher leaves the higher one out', async () => {
    await viewer.run(placeRoom, { above: 0, width: 300, height: 300 });
    await scrollTo('start');
    await publisher.until(
      'the lower encoding alone',
      () =>
        [...window.peerConnections]
          .flatMap((connection) => connection.getSenders())
          .filter(({ track }) => track?.kind === 'video')
          .some((sender) => {
            const active = sender.getParameters().encodings.map((encoding) => encoding.active ?? true);
            return active.length > 1 && active[0] === true && active.at(-1) === false;
          }),
      null,
    );
    await viewer.until(
      'a picture of the lower layer',
      (name: string) => {
        const tile = window.parleyTest.tile(name);
        const [video] = tile ? window.parleyTest.all('video', tile.shadowRoot ?? tile) : [];
        return video instanceof HTMLVideoElement && video.videoWidth > 0 && video.videoWidth < 640;
      },
      ann.name,
    );
    await viewer.until('the cause', isBecauseOf, { name: ann.name, cause: 'tileIsSmall' });
  }, 60_000);
});

async function scrollTo(where: 'start' | 'end'): Promise<void> {
  await viewer.run(
    (end) => window.scrollTo(0, end ? document.documentElement.scrollHeight : 0),
    where === 'end',
  );
}

/** Whether the publisher's cameras have encodings that are on. */
function activeEncodings(): Promise<boolean[]> {
  return publisher.run(
    () =>
      [...window.peerConnections]
        .flatMap((connection) => connection.getSenders())
        .filter(({ track }) => track?.kind === 'video')
        .flatMap((sender) => sender.getParameters().encodings.map(({ active }) => active ?? true)),
    null,
  );
}

/** Runs in the page: whether some encoding of a camera is on, or all are off. */
function areEncodings({ active }: { active: boolean }): boolean {
  const all = [...window.peerConnections]
    .flatMap((connection) => connection.getSenders())
    .filter(({ track }) => track?.kind === 'video')
    .flatMap((sender) => sender.getParameters().encodings.map((encoding) => encoding.active ?? true));
  return all.length > 0 && all.includes(true) === active;
}

/** Runs in the page: whether the tile knows this cause of how its camera looks. */
function isBecauseOf({ name, cause }: { name: string; cause: string }): boolean {
  const { peer } = window.parleyTest.tile(name) as unknown as { peer: PeerState };
  return peer.publications.some(({ source, quality }) => source === 'camera' && quality?.cause === cause);
}

declare global {
  interface Window {
    packetsBefore: number;
  }
}

/** Runs in the page: whether no packet of video came since it was asked before, half a second ago or more. */
async function packetsStand(): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 500));
  const reports = await Promise.all([...window.peerConnections].map((connection) => connection.getStats()));
  const stats = reports.flatMap((report) => [...report.values()] as Record<string, unknown>[]);
  const packets = stats
    .filter((stat) => stat['type'] === 'inbound-rtp' && stat['kind'] === 'video')
    .reduce((sum, stat) => sum + Number(stat['packetsReceived']), 0);
  const before = window.packetsBefore;
  window.packetsBefore = packets;
  return packets === before;
}
