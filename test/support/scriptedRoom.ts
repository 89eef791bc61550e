import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Connect, SessionClient } from '../../client/element/RoomSession.ts';
import type { PeerState, PublicationState, RoomState, ViewOptions } from '../../client/lib/publicTypes.ts';
import type { MediaSource, QualityCause } from '../../src/protocol/models.ts';
import { CHROMIUM } from './chromium.ts';
import { makeAnalyserEars } from './ears.ts';
import { pageTools } from './pageTools.ts';

/** A peer as a test tells it; its producers are called `<name>-<source>`. */
export interface ScriptedPeer {
  name: string;
  connectionQuality?: number;
  publications: { source: MediaSource; paused?: boolean; playing?: boolean; cause?: QualityCause }[];
}

/** What is in the room besides the local peer, which publishes nothing. */
export interface ScriptedState {
  peers: ScriptedPeer[];
  dominantPeerId?: string;
  audioOnly?: boolean;
}

declare global {
  interface Window {
    scriptedRoom: ReturnType<typeof makeScriptedRoom>;
  }
}

const ORIGIN = 'https://parley.test';
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' };

/** A page with the built element in it, in a room that does what a test says, behind the element's own seam. */
export class ScriptedRoomPage {
  readonly page: Page;
  readonly errors: string[] = [];
  readonly #browser: Browser;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async open(): Promise<ScriptedRoomPage> {
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
    });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.route(`${ORIGIN}/**`, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: '<!doctype html><body>' });
      const body = await readFile(resolve(`dist/client${pathname}`));
      return route.fulfill({ contentType: TYPES[extname(pathname)] ?? 'application/octet-stream', body });
    });
    await page.addInitScript({
      content: `${pageTools(makeAnalyserEars)}; window.scriptedRoom = (${makeScriptedRoom.toString()})()`,
    });
    return new ScriptedRoomPage(browser, page);
  }

  /** Opens a page anew, in which the element stands in a box that may be higher than the window. */
  async enter(state: ScriptedState, height = '100vh'): Promise<void> {
    await this.page.goto(ORIGIN);
    await this.page.evaluate((wanted) => window.scriptedRoom.set(wanted), state);
    await this.page.evaluate((wanted) => window.scriptedRoom.embed(wanted), height);
    await this.until('the room', () => window.parleyTest.status() === 'connected', null);
  }

  async set(state: ScriptedState): Promise<void> {
    await this.page.evaluate((wanted) => window.scriptedRoom.set(wanted), state);
  }

  /** What the element said last about a producer. */
  async view(producerId: string): Promise<ViewOptions | undefined> {
    return this.page.evaluate((id) => window.scriptedRoom.views.get(id), producerId);
  }

  async until<A>(what: string, condition: (argument: A) => unknown, argument: A): Promise<void> {
    try {
      await this.page.waitForFunction(condition as (argument: unknown) => unknown, argument, {
        timeout: 20_000,
        polling: 50,
      });
    } catch (error) {
      const views = await this.page.evaluate(() => JSON.stringify([...window.scriptedRoom.views]));
      throw new Error(`waited for ${what}; the views are ${views}`, { cause: error });
    }
  }

  /** Waits until the element says this about a producer. */
  async untilView(producerId: string, wanted: ViewOptions): Promise<void> {
    await this.until(
      `${producerId} to be ${JSON.stringify(wanted)}`,
      ([id, view]) => {
        const said = window.scriptedRoom.views.get(id);
        return Object.entries(view).every(([key, value]) => said?.[key as keyof ViewOptions] === value);
      },
      [producerId, wanted] as const,
    );
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** Runs in the page. Everything that it needs is inside. */
function makeScriptedRoom() {
  const views = new Map<string, ViewOptions>();
  const tracks = new Map<string, MediaStreamTrack>();
  const listeners = new Set<() => void>();
  let reports = 0;
  let state: RoomState;

  function picture(producerId: string): MediaStreamTrack {
    let track = tracks.get(producerId);
    if (!track) {
      const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
      const drawing = canvas.getContext('2d');
      setInterval(() => {
        if (!drawing) return;
        drawing.fillStyle = `hsl(${(performance.now() / 30) % 360} 40% 45%)`;
        drawing.fillRect(0, 0, 320, 180);
      }, 100);
      [track] = canvas.captureStream(10).getVideoTracks() as [MediaStreamTrack];
      tracks.set(producerId, track);
    }
    return track;
  }

  function toPeer({ name, connectionQuality, publications }: ScriptedPeer): PeerState {
    return {
      peerId: name,
      name,
      joinedAt: 0,
      isLocal: name === 'Me',
      level: -127,
      role: 'speaker',
      speaking: false,
      connectionQuality: connectionQuality ?? null,
      publications: publications.map(({ source, paused, playing, cause }): PublicationState => {
        const producerId = `${name}-${source}`;
        return {
          producerId,
          source,
          kind: source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video',
          paused: paused ?? false,
          track: playing ? picture(producerId) : null,
          quality: cause ? { cause, score: 3 } : null,
        };
      }),
    };
  }

  const nothing = (): Promise<never> => Promise.reject(new Error('not in this room'));
  const client: SessionClient = {
    get state() {
      return state;
    },
    on(event, listener) {
      if (event !== 'stateChanged') return () => undefined;
      const told = (): void => (listener as (now: RoomState, before: RoomState) => void)(state, state);
      listeners.add(told);
      return () => listeners.delete(told);
    },
    setView(producerId, view) {
      reports += 1;
      views.set(producerId, view);
    },
    leave: () => Promise.resolve(),
    publishMicrophone: nothing,
    publishCamera: nothing,
    publishScreen: nothing,
    unpublish: nothing,
    setMuted: nothing,
    switchDevice: nothing,
    sendChat: nothing,
    updateSelf: nothing,
    removePeer: nothing,
    raiseHand: nothing,
    lowerHand: nothing,
    get moderation(): never {
      throw new Error('nobody here is a host');
    },
    startRecording: nothing,
    stopRecording: nothing,
  };

  return {
    views,
    reports: () => reports,
    set({ peers, dominantPeerId, audioOnly }: ScriptedState): void {
      state = {
        status: 'connected',
        closeReason: null,
        room: 'scripted',
        metadata: '',
        peerId: 'Me',
        peers: [{ name: 'Me', publications: [] }, ...peers].map(toPeer),
        dominantPeerId: dominantPeerId ?? null,
        chat: [],
        permissions: {
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
          canUpdateOwnMetadata: true,
          roomAdmin: false,
        },
        audioOnly: audioOnly ?? false,
        trouble: null,
        forwarding: {
          loudest: 4,
          lastN: 25,
          dynacast: true,
          videoCodecs: ['video/VP8'],
          audioBitrate: 0,
          maxOutgoingBitrate: 0,
        },
        videoCodec: 'video/VP8',
        recording: null,
        recordingEndReason: null,
        role: 'speaker',
        hands: [],
        spotlight: [],
        settings: {
          webinar: false,
          locked: false,
          waitingRoom: false,
          hasPassword: false,
          chat: true,
          screenShare: true,
          unmute: true,
          maxFileSize: 0,
        },
        waiting: [],
      };
      for (const listener of [...listeners]) listener();
    },
    async embed(height: string): Promise<void> {
      // The page's own address, so that no tool that builds the test looks for it.
      const script = '/embed.js';
      await import(script);
      const element = document.createElement('parley-room');
      const connect: Connect = () => Promise.resolve(client);
      Object.assign(element, { room: 'scripted', audio: '0', video: '0', autojoin: true, connect });
      document.body.style.margin = '0';
      element.style.height = height;
      document.body.append(element);
    },
    /** As when the person changes to another tab, or comes back. */
    turnAway(hidden: boolean): void {
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        value: hidden ? 'hidden' : 'visible',
      });
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}
