import { COUNTER_BITS, type Person, type Rgb } from './clips.ts';
import type { Ears } from './ears.ts';

/** The script that puts `window.parleyTest` into a page, whichever browser it is in. */
export function pageTools(makeEars: () => Ears): string {
  return `window.parleyTest = (${makePageTools.toString()})(${COUNTER_BITS}, (${makeEars.toString()})())`;
}

declare global {
  interface Window {
    parleyTest: ReturnType<typeof makePageTools>;
  }
}

/** Runs in the page. Everything that it needs is inside. */
function makePageTools(bits: number, ears: Ears) {
  const counters = new Map<string, Set<number>>();

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

  const alike = (one: readonly number[], other: readonly number[]): boolean =>
    one.every((value, i) => Math.abs(value - (other[i] ?? 0)) < 50);

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

  /** Which of the colours it is, if it is one of them. */
  function step(colours: readonly Rgb[], colour: readonly number[]): number | undefined {
    const distances = colours.map((one) => Math.hypot(...one.map((value, i) => value - (colour[i] ?? 0))));
    const nearest = distances.indexOf(Math.min(...distances));
    return alike(colours[nearest] ?? [], colour) ? nearest : undefined;
  }

  /** What the last of these selectors finds inside of what those before it find, through all shadow roots. */
  function reach(chain: readonly string[]): Element[] {
    return chain.reduce<Element[]>(
      (places, selector) =>
        places.flatMap((place) => [
          ...all(selector, place),
          ...(place.shadowRoot ? all(selector, place.shadowRoot) : []),
        ]),
      [document.documentElement],
    );
  }

  /** What a pointer would hit. */
  function elementAt(x: number, y: number): Element | null {
    let found = document.elementFromPoint(x, y);
    for (;;) {
      const inner = found?.shadowRoot?.elementFromPoint(x, y) ?? null;
      if (inner === null || inner === found) return found;
      found = inner;
    }
  }

  const upFrom = (node: Node): Node | null =>
    node instanceof ShadowRoot ? node.host : ((node as Element).assignedSlot ?? node.parentNode);
  const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));

  const isOne = (colour: Person['colour']): colour is Rgb => typeof colour[0] === 'number';

  return {
    all,
    reach,
    tile,
    /** Where a pointer hits it, once it stands still (CSS pixels); or why none would. Tells in `hit` whether one did. */
    async aim(chain: readonly string[]): Promise<{ x: number; y: number } | string> {
      const target = reach(chain).find((element) => element.checkVisibility());
      if (!(target instanceof HTMLElement)) return 'it is not on the screen';
      if ('disabled' in target && target.disabled === true) return 'it is disabled';
      target.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      const before = target.getBoundingClientRect();
      await frame();
      await frame();
      const { x, y, width, height } = target.getBoundingClientRect();
      if (x !== before.x || y !== before.y) return 'it moves';
      const point = { x: x + width / 2, y: y + height / 2 };
      const at = elementAt(point.x, point.y);
      for (let one: Node | null = at; one !== target; one = upFrom(one)) {
        if (one === null) return `${at?.localName ?? 'nothing'}.${at?.className ?? ''} lies over it`;
      }
      this.hit = false;
      // Not what was pressed counts but what was clicked: it may move away under the pointer in between.
      target.addEventListener('click', () => (this.hit = true), { once: true, capture: true });
      return point;
    },
    hit: false,
    /**
     * The colour is the sender's, and the counter, or the colours themselves, have been at three different places at
     * least since that was cleared.
     */
    sees(name: string, colour: Person['colour']): boolean {
      const shown = picture(name, 'camera');
      if (!shown) return false;
      const seen = shown.at(160, 140);
      if (isOne(colour) && !alike(colour, seen)) return false;
      const number = isOne(colour) ? counter(shown.at) : step(colour, seen);
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
      const sound = track && ears(track);
      return sound !== undefined && sound.level > -70 && Math.abs(sound.frequency - tone) < 30;
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
    /** Puts the cursor into a field. */
    focus(role: string): boolean {
      const field = all(`[data-role="${role}"]`)[0];
      if (field instanceof HTMLElement) field.focus();
      return field !== undefined;
    },
    messages(): string[] {
      return all('[data-role="chat-message"]').map((element) => element.textContent);
    },
    /** The words on the page and the lines of its pictures, for whoever looks for what went wrong. */
    account(): string {
      const words = all('[data-role], [role="status"], [role="alert"]').map((element) =>
        element instanceof HTMLElement ? element.innerText.trim() : '',
      );
      const pictures = all('video').map((video) => {
        const { videoWidth, videoHeight, dataset } = video as HTMLVideoElement;
        return `${dataset['source'] ?? 'video'} ${videoWidth} x ${videoHeight}`;
      });
      return [document.body.innerText, ...new Set(words), ...pictures]
        .filter((text) => text !== '')
        .join('; ');
    },
    status: () => document.querySelector('parley-room')?.getAttribute('data-status'),
  };
}
