import type { CDPSession, Frame } from 'playwright-core';
import type { ParleyRoomElement } from '../../client/embed/ParleyRoomElement.ts';
import type { Participant } from './chromium.ts';
import { RoomEvents } from './roomEvents.ts';
import { tracesScript } from './traces.ts';

const EVENTS = [
  ...['joined', 'left', 'peerjoined', 'peerleft', 'error', 'videoConferenceJoined', 'videoConferenceLeft'],
  ...['readyToClose', 'participantJoined', 'participantLeft', 'displayNameChange', 'audioMuteStatusChanged'],
  ...['videoMuteStatusChanged', 'screenSharingStatusChanged', 'dominantSpeakerChanged', 'tileViewChanged'],
  ...['chatUpdated', 'recordingStatusChanged', 'videoQualityChanged', 'incomingMessage', 'outgoingMessage'],
  ...['errorOccurred', 'toolbarButtonClicked', 'preferenceschanged', 'raiseHandUpdated', 'audioOnlyChanged'],
];

/** A page of another site with rooms in it, in a participant's browser. */
export class EmbeddingPage {
  readonly participant: Participant;
  readonly #events: RoomEvents;
  readonly #devtools: CDPSession;

  private constructor(participant: Participant, devtools: CDPSession) {
    this.participant = participant;
    this.#events = new RoomEvents(participant);
    this.#devtools = devtools;
  }

  static async open(participant: Participant, url: string): Promise<EmbeddingPage> {
    const { page } = participant;
    await page.addInitScript({ content: tracesScript });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const embedding = new EmbeddingPage(participant, devtools);
    await embedding.visit(url);
    return embedding;
  }

  /** Opens the page anew, where nothing has happened yet. */
  async visit(url: string): Promise<void> {
    await this.participant.open(url);
    await this.#events.listen(EVENTS);
  }

  /** The frame that the room is in. */
  get frame(): Frame {
    const frame = this.participant.page.frames().find((one) => one.url().includes('/embed/'));
    if (!frame) throw new Error('there is no frame with a room');
    return frame;
  }

  /** Puts `<parley-room>` with these attributes and properties into the page. */
  async insert(attributes: Record<string, string>, inside = '', properties = {}): Promise<void> {
    await this.participant.run(
      ({ attributes, inside, properties }) => {
        const element = document.createElement('parley-room');
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        Object.assign(element, properties);
        element.innerHTML = inside;
        document.body.append(element);
      },
      { attributes, inside, properties },
    );
  }

  async remove(index = 0): Promise<void> {
    await this.participant.run((at: number) => document.querySelectorAll('parley-room')[at]?.remove(), index);
  }

  /** Waits until the room of this index stands so. */
  async stands(status: string, index = 0): Promise<void> {
    await this.participant.until(
      `room ${index} to be ${status}`,
      ([wanted, at]) =>
        document.querySelectorAll<HTMLElement>('parley-room')[at]?.dataset['status'] === wanted,
      [status, index] as const,
    );
  }

  /** Calls a method of the room; resolves with `done`, or the code that it rejected with. */
  async call(method: string, ...args: unknown[]): Promise<string> {
    return this.participant.run(
      async ({ method, args }): Promise<string> => {
        const room = document.querySelector('parley-room') as unknown as Record<
          string,
          (...args: unknown[]) => Promise<unknown>
        >;
        try {
          await room[method]?.(...args);
          return 'done';
        } catch (error) {
          return (error as { code?: string }).code ?? String(error);
        }
      },
      { method, args },
    );
  }

  /** A property of the room. */
  async get<K extends keyof ParleyRoomElement>(name: K): Promise<ParleyRoomElement[K]> {
    return (await this.participant.run((key: string) => {
      const room = document.querySelector('parley-room') as unknown as Record<string, unknown>;
      return room[key];
    }, name)) as ParleyRoomElement[K];
  }

  /** As `RoomEvents.tells`. */
  tells(name: string, detail: Record<string, unknown> = {}): Promise<unknown> {
    return this.#events.tells(name, detail);
  }

  /** Waits until nothing is open that the page itself has opened. */
  async holdsNothing(): Promise<void> {
    const { participant } = this;
    try {
      await participant.until(
        'everything to be closed',
        () => Object.values(window.traces.open()).every((count) => count === 0),
        null,
      );
    } catch (error) {
      const open = await participant.run(() => JSON.stringify(window.traces.open()), null);
      throw new Error(`there is still something open: ${open}`, { cause: error });
    }
  }

  /** What the browser itself counts, without what nobody holds any more. */
  async counts(): Promise<Record<string, number>> {
    // What refers to each other across the browser's heaps goes in several rounds.
    for (let round = 0; round < 3; round++) await this.#devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    const wanted = [
      'JSEventListeners',
      'Documents',
      'Frames',
      'RTCPeerConnections',
      'AudioHandlers',
      'WorkerGlobalScopes',
    ];
    return Object.fromEntries(
      metrics.filter(({ name }) => wanted.includes(name)).map(({ name, value }) => [name, value]),
    );
  }
}
