import { join } from 'node:path';
import { CHROMIUM, Participant } from '../../test/support/chromium.ts';
import { PEOPLE, type ClipPerson } from '../../test/support/clips.ts';
import { chosenPaths, keepPeerConnections } from '../../test/support/peerConnections.ts';
import { isRunning } from '../../test/support/processes.ts';
import type { ServerProcess } from '../../test/support/serverProcess.ts';
import { TestNetwork } from '../../test/support/testNetwork.ts';
import { makeCamera } from '../forwarding/camera.ts';
import { prefer, startServer } from '../ownMachine.ts';
import { renderersOf, startedBy } from './processorShare.ts';
import { readTile, type TileWords } from './tileWords.ts';

/**
 * Where a call takes place: on the loopback interface; there with a camera of twice as many frames, which takes the
 * publisher twice the time; in a network of its own, each on a host; or in such a network, where a firewall leaves the
 * viewer nothing but TURN.
 */
export type Place = 'loopback' | 'fullRate' | 'network' | 'turn';

/** Frames/s. */
const FULL_RATE = 30;

/** A tile of this window is as large as the picture, and one of the small one is not. */
const LARGE = { width: 1600, height: 900 };
const ROOM = 'causes';
const MEDIA_PORT = 20_000;

const [ann, bob] = PEOPLE as [ClipPerson, ClipPerson];

/** Two real browsers in the room page, of which one looks at the other's camera. */
export class Call {
  readonly place: Place;
  readonly room = ROOM;
  readonly server: ServerProcess;
  readonly publisher: Participant;
  readonly viewer: Participant;
  readonly #network: TestNetwork | undefined;
  readonly #publisherPids: () => number[];

  private constructor(
    parts: Pick<Call, 'place' | 'server' | 'publisher' | 'viewer'>,
    network: TestNetwork | undefined,
    publisherPids: () => number[],
  ) {
    this.place = parts.place;
    this.server = parts.server;
    this.publisher = parts.publisher;
    this.viewer = parts.viewer;
    this.#network = network;
    this.#publisherPids = publisherPids;
  }

  static async begin(place: Place): Promise<Call> {
    const network =
      place === 'loopback' || place === 'fullRate'
        ? undefined
        : TestNetwork.create(['server', 'publisher', 'viewer']);
    const open: { close: () => unknown }[] = network ? [network] : [];
    try {
      const server = await startServer(
        {
          PARLEY_WORKERS: '1',
          PARLEY_RTC_PORT: String(network ? MEDIA_PORT : 0),
          // Another room of the same worker may be as loud as it likes.
          PARLEY_LOUDEST: '0',
          PARLEY_MAX_PEERS_PER_ROOM: '1000',
          ...(network ? { PARLEY_HTTPS: 'true', PARLEY_CACHE_DIR: join(network.directory, 'cache') } : {}),
          ...(place === 'turn' ? { PARLEY_TURN: 'managed' } : {}),
        },
        network ? { host: network.host('server') } : {},
      );
      open.unshift({ close: () => server.stop() });
      if (place === 'turn') {
        const ports = String(MEDIA_PORT);
        network?.setFirewall('viewer', [
          { protocol: 'udp', ports },
          { protocol: 'tcp', ports },
        ]);
      }
      const launch = async (person: ClipPerson, host: string): Promise<Participant> => {
        const participant = await Participant.launch(person, {
          camera: makeCamera(place === 'fullRate' ? FULL_RATE : undefined),
          ...(network
            ? { program: network.program(host, CHROMIUM), flags: ['--ignore-certificate-errors'] }
            : {}),
        });
        open.unshift(participant);
        await participant.page.addInitScript(keepPeerConnections);
        return participant;
      };
      const sending = await startedBy(() => launch(ann, 'publisher'));
      const watching = await startedBy(() => launch(bob, 'viewer'));
      const call = new Call(
        { place, server, publisher: sending.result, viewer: watching.result },
        network,
        sending.pids,
      );
      await call.#meet();
      // The publisher's shortage of time is not to be the viewer's.
      prefer(...watching.pids().filter(isRunning));
      return call;
    } catch (error) {
      for (const one of open) await one.close();
      throw error;
    }
  }

  async #meet(): Promise<void> {
    const { publisher, viewer, server, room } = this;
    await viewer.page.setViewportSize(LARGE);
    await publisher.join(server.url, room);
    await viewer.join(server.url, room, '&audio=0&video=0');
    await viewer.until('the picture', (name) => window.parleyTest.hasVideo(name, 'camera'), ann.name, 60_000);
    if (this.place !== 'turn') return;
    const paths = await viewer.run(chosenPaths, null);
    if (paths.length === 0 || paths.some(({ local }) => local.type !== 'relay'))
      throw new Error(`the viewer's media does not go over TURN: ${JSON.stringify(paths)}`);
  }

  /** What the viewer reads of the publisher's camera. */
  look(): Promise<TileWords> {
    return readTile(this.viewer, ann.name);
  }

  /** In which the publisher's pages encode. */
  get renderers(): number[] {
    return renderersOf(this.#publisherPids());
  }

  get network(): TestNetwork {
    if (!this.#network) throw new Error(`a call on ${this.place} has no network`);
    return this.#network;
  }

  /** The viewer's window; without a size the one in which the whole picture is shown. */
  async resize(size = LARGE): Promise<void> {
    await this.viewer.page.setViewportSize(size);
  }

  /** The layers that the publisher's encoder is asked for, smallest first. */
  layers(): Promise<boolean[]> {
    return this.publisher.run(
      () =>
        [...window.peerConnections]
          .flatMap((connection) => connection.getSenders())
          .filter(({ track }) => track?.kind === 'video')
          .flatMap((sender) => sender.getParameters().encodings.map(({ active }) => active ?? true)),
      null,
    );
  }

  async close(): Promise<void> {
    try {
      await Promise.all([this.publisher.close(), this.viewer.close()]);
      await this.server.stop();
    } finally {
      this.#network?.close();
    }
  }
}
