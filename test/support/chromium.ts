import { chromium, type Browser, type Page } from 'playwright-core';
import { COUNTER_BITS, makeClip, type Person } from './clips.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-select-desktop-capture-source=Entire screen',
];

/** A Chromium whose camera and microphone are a person's clip. */
export class Participant {
  readonly person: Person;
  readonly page: Page;
  /** What went wrong on the page. */
  readonly errors: string[] = [];
  readonly #browser: Browser;

  private constructor(person: Person, browser: Browser, page: Page) {
    this.person = person;
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  static async launch(person: Person): Promise<Participant> {
    const { video, audio } = await makeClip(person);
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      args: [
        ...FLAGS,
        `--use-file-for-fake-video-capture=${video}`,
        `--use-file-for-fake-audio-capture=${audio}`,
      ],
    });
    const page = await browser.newPage({ viewport: { width: 960, height: 640 } });
    await page.addInitScript({
      content: `window.parleyTest = (${makePageTools.toString()})(${COUNTER_BITS})`,
    });
    return new Participant(person, browser, page);
  }

  /** Opens the room page and joins at once. */
  async join(url: string, room: string, parameters = ''): Promise<void> {
    await this.page.goto(`${url}/r/${room}?name=${this.person.name}&autojoin=1${parameters}`);
  }

  /** Waits until a condition on the page holds. */
  async until<A>(
    what: string,
    condition: (argument: A) => unknown,
    argument: A,
    timeout = 20_000,
  ): Promise<void> {
    try {
      await this.page.waitForFunction(condition as (argument: unknown) => unknown, argument, {
        timeout,
        polling: 50,
      });
    } catch (error) {
      const text = await this.page.evaluate(() => document.body.innerText).catch(() => '');
      throw new Error(`${this.person.name} waited ${timeout} ms for ${what}; the page says: ${text}`, {
        cause: error,
      });
    }
  }

  async seesAndHears(other: Person, timeout?: number): Promise<void> {
    await this.until(
      `the moving picture of ${other.name}`,
      (p: Person) => window.parleyTest.sees(p.name, p.colour),
      other,
      timeout,
    );
    await this.until(
      `the tone of ${other.name}`,
      (p: Person) => window.parleyTest.hears(p.name, p.tone),
      other,
      timeout,
    );
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}

declare global {
  interface Window {
    parleyTest: ReturnType<typeof makePageTools>;
  }
}

/** Runs in the page. Everything that it needs is inside. */
function makePageTools(bits: number) {
  const counters = new Map<string, Set<number>>();
  const analysers = new Map<MediaStreamTrack, AnalyserNode>();
  let context: AudioContext | undefined;

  function all(selector: string, root: ParentNode = document): Element[] {
    const found = [...root.querySelectorAll(selector)];
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot) found.push(...all(selector, element.shadowRoot));
    }
    return found;
  }
  const tile = (name: string): Element | undefined => all(`[data-peer-name="${name}"]`)[0];
  const inTile = <E extends Element>(name: string, selector: string): E[] => {
    const found = tile(name);
    if (!found) return [];
    return [...all(selector, found), ...(found.shadowRoot ? all(selector, found.shadowRoot) : [])] as E[];
  };

  function picture(name: string, source: string) {
    const video = inTile<HTMLVideoElement>(name, `video[data-source="${source}"]`)[0];
    if (!video || video.readyState < 2 || video.videoWidth === 0) return undefined;
    const canvas = new OffscreenCanvas(320, 180);
    const drawing = canvas.getContext('2d');
    drawing?.drawImage(video, 0, 0, 320, 180);
    const at = (x: number, y: number): number[] =>
      [...(drawing?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3);
    return { at, width: video.videoWidth, time: video.currentTime };
  }

  /** The frame counter, or undefined when its two halves do not agree. */
  function counter(at: (x: number, y: number) => number[]): number | undefined {
    const bit = (block: number): number =>
      (at((block + 0.5) * (320 / (bits * 2)), 30)[1] ?? 0) > 128 ? 1 : 0;
    let number = 0;
    for (let i = 0; i < bits; i++) {
      if (bit(i) === bit(bits + i)) return undefined;
      number |= bit(i) << i;
    }
    return number;
  }

  return {
    all,
    tile,
    /** The colour is the sender's, and the counter has shown at least three different numbers since it was cleared. */
    sees(name: string, colour: readonly number[]): boolean {
      const shown = picture(name, 'camera');
      if (!shown) return false;
      const seen = shown.at(160, 140);
      if (!colour.every((value, i) => Math.abs(value - (seen[i] ?? 0)) < 50)) return false;
      const number = counter(shown.at);
      const numbers = counters.get(name) ?? new Set();
      counters.set(name, numbers);
      if (number !== undefined) numbers.add(number);
      return numbers.size >= 3;
    },
    /** Forgets what was seen. */
    clear(): void {
      counters.clear();
    },
    /** The loudest frequency is the sender's, within 30 Hz. */
    hears(name: string, tone: number): boolean {
      const stream = inTile<HTMLAudioElement>(name, 'audio')[0]?.srcObject;
      const track = stream instanceof MediaStream ? stream.getAudioTracks()[0] : undefined;
      if (!track) return false;
      context ??= new AudioContext();
      let analyser = analysers.get(track);
      if (!analyser) {
        analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
        analysers.set(track, analyser);
      }
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const loudest = levels.indexOf(Math.max(...levels));
      const frequency = (loudest * context.sampleRate) / analyser.fftSize;
      return (levels[loudest] ?? -Infinity) > -70 && Math.abs(frequency - tone) < 30;
    },
    hasVideo(name: string, source: string): boolean {
      const shown = picture(name, source);
      return shown !== undefined && shown.time > 0;
    },
    click(action: string): boolean {
      const control = all(`[data-action="${action}"]`)[0];
      if (control instanceof HTMLElement) control.click();
      return control !== undefined;
    },
    messages(): string[] {
      return all('[data-role="chat-message"]').map((element) => element.textContent);
    },
    status: () => document.querySelector('parley-room')?.getAttribute('data-status'),
  };
}
