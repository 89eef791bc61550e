import type { RoomClient } from '../../client/lib/RoomClient.ts';
import type { ConnectOptions, ViewOptions } from '../../client/lib/publicTypes.ts';
import { Participant } from '../../test/support/chromium.ts';
import type { ClipPerson } from '../../test/support/clips.ts';
import { makeCamera } from './camera.ts';
import { pageWatch } from './pageWatch.ts';

declare global {
  interface Window {
    benchConnect: (sdk: string, options: ConnectOptions) => Promise<RoomClient>;
    benchRoom: RoomClient;
  }
}

/** As text, because the compiler would give `import` something that pages do not have. */
const connecting = `window.benchConnect = async (sdk, options) => (await import(sdk)).connect(options)`;

interface CallerOptions {
  /** The server's base URL. */
  url: string;
  room: string;
  program?: string;
  flags?: readonly string[];
}

/** Somebody on a page that has the SDK and nothing else, in a room. */
export async function enter(
  person: ClipPerson,
  { url, room, ...launch }: CallerOptions,
): Promise<Participant> {
  const participant = await Participant.launch(person, { ...launch, camera: makeCamera() });
  const { page } = participant;
  await page.addInitScript({ content: `${pageWatch};${connecting}` });
  await page.goto(`${url}/`);
  await page.evaluate(
    async ({ sdk, room, name }) => {
      window.benchRoom = await window.benchConnect(sdk, { room, name });
    },
    { sdk: `${url}/sdk/parley.js`, room, name: person.name },
  );
  return participant;
}

/** Publishes the camera in all its layers, and the microphone if wanted. */
export async function publish({ page }: Participant, { microphone }: { microphone: boolean }): Promise<void> {
  await page.evaluate(
    async ({ microphone }) => {
      await window.benchRoom.publishCamera({
        constraints: { width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      if (microphone) await window.benchRoom.publishMicrophone();
    },
    { microphone },
  );
}

/** Looks at the only camera there is; the picture is on the page as soon as it comes. */
export async function look({ page }: Participant, view: ViewOptions): Promise<number> {
  return page.evaluate((view) => {
    const remote = window.benchRoom.state.peers
      .filter((peer) => !peer.isLocal)
      .flatMap(({ publications }) => publications);
    const camera = remote.find(({ source }) => source === 'camera');
    if (!camera) throw new Error('nobody has a camera');
    const at = Date.now();
    window.benchRoom.setView(camera.producerId, view);
    return at;
  }, view);
}

/** Shows and plays whatever there is of the others, now and later; frames are watched. */
export async function show({ page }: Participant): Promise<void> {
  await page.evaluate(() => {
    document.body.replaceChildren();
    const elements = new Map<string, HTMLMediaElement>();
    const update = (): void => {
      for (const { publications, isLocal } of window.benchRoom.state.peers) {
        if (isLocal) continue;
        for (const { kind, track, producerId } of publications) {
          const known = elements.get(producerId);
          const shown = known?.srcObject instanceof MediaStream ? known.srcObject.getTracks()[0] : undefined;
          if (!track || shown === track) continue;
          const element = known ?? document.createElement(kind);
          elements.set(producerId, element);
          element.autoplay = true;
          element.style.width = '640px';
          element.srcObject = new MediaStream([track]);
          document.body.append(element);
          if (element instanceof HTMLVideoElement) window.benchWatch.watch(element);
        }
      }
    };
    window.benchRoom.on('stateChanged', update);
    update();
  });
}
