import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Keyboard } from '../../client/element/keyboard/Keyboard.ts';
import { PushToTalk } from '../../client/element/keyboard/PushToTalk.ts';

/** A microphone whose changes are done when the test says so. */
class Microphone {
  isOn = false;
  /** Of the change under way. */
  settle: { done: () => void; fail: () => void } | null = null;
  changes = 0;

  readonly talking = {
    on: (): boolean => this.isOn,
    turn: (on: boolean): Promise<void> => {
      this.changes += 1;
      return new Promise((resolve, reject) => {
        this.settle = {
          done: () => {
            this.isOn = on;
            resolve();
          },
          fail: () => reject(new Error('refused')),
        };
      });
    },
  };

  async done(): Promise<void> {
    this.settle?.done();
    await flush();
  }
}

/** Lets promises that are settled tell so. */
const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a key that is held to talk', () => {
  it('unmutes while it is held', async () => {
    const microphone = new Microphone();
    const talk = new PushToTalk(microphone.talking);
    expect(talk.press()).toBe(true);
    await microphone.done();
    expect(microphone.isOn).toBe(true);
    talk.release();
    await microphone.done();
    expect([microphone.isOn, microphone.changes]).toEqual([false, 2]);
  });

  it('mutes again when it was let go before the microphone was on', async () => {
    const microphone = new Microphone();
    const talk = new PushToTalk(microphone.talking);
    talk.press();
    talk.release();
    expect(microphone.changes).toBe(1);
    await microphone.done();
    expect(microphone.changes).toBe(2);
    await microphone.done();
    expect(microphone.isOn).toBe(false);
  });

  it('unmutes again when it is pressed before the microphone is off', async () => {
    const microphone = new Microphone();
    const talk = new PushToTalk(microphone.talking);
    talk.press();
    await microphone.done();
    talk.release();
    expect(talk.press()).toBe(true);
    await microphone.done();
    expect(microphone.isOn).toBe(false);
    await microphone.done();
    expect([microphone.isOn, microphone.changes]).toEqual([true, 3]);
  });

  it('leaves a microphone alone that is on already', () => {
    const microphone = new Microphone();
    microphone.isOn = true;
    const talk = new PushToTalk(microphone.talking);
    expect(talk.press()).toBe(false);
    talk.release();
    expect(microphone.changes).toBe(0);
  });

  it('does not unmute whoever was muted meanwhile by another', async () => {
    const microphone = new Microphone();
    const talk = new PushToTalk(microphone.talking);
    talk.press();
    await microphone.done();
    microphone.isOn = false;
    talk.release();
    await flush();
    expect([microphone.isOn, microphone.changes]).toEqual([false, 1]);
  });

  it('is forgotten when the microphone cannot be turned on, and may be tried again', async () => {
    const microphone = new Microphone();
    const talk = new PushToTalk(microphone.talking);
    talk.press();
    microphone.settle?.fail();
    await flush();
    expect(talk.held).toBe(false);
    expect(talk.press()).toBe(true);
    await microphone.done();
    expect(microphone.isOn).toBe(true);
  });
});

/** As much of an element as the keys look at. */
class PageElement extends EventTarget {
  readonly isContentEditable = false;

  matches(): boolean {
    return false;
  }
}

class PageDialog extends PageElement {}

describe('a letter', () => {
  const body = new PageElement();
  const page = {
    document: Object.assign(new EventTarget(), { body }),
    window: new EventTarget(),
    HTMLElement: PageElement,
    HTMLDialogElement: PageDialog,
  };
  const room = new PageElement();
  const told: string[] = [];
  let showsHelp = false;
  const keyboard = new Keyboard(room as unknown as HTMLElement, {
    scope: () => 'page',
    inCall: () => true,
    showsHelp: () => showsHelp,
    on: () => false,
    turn: () => {
      told.push('talk');
      return Promise.resolve();
    },
    tell: ({ type }) => told.push(type),
  });

  /** What keys ask for that are pressed at the end of this path. */
  function press(path: readonly EventTarget[], ...keys: string[]): string[] {
    for (const key of keys) {
      const event = Object.assign(new Event('keydown', { cancelable: true }), {
        key,
        code: key === ' ' ? 'Space' : '',
        composedPath: () => [...path, body, page.document],
      });
      Object.defineProperty(event, 'target', { value: path.at(-1) ?? body });
      page.document.dispatchEvent(event);
    }
    return told.splice(0);
  }

  beforeAll(() => {
    Object.assign(globalThis, page);
    keyboard.start();
  });

  afterAll(() => {
    keyboard.stop();
    for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name);
  });

  it('is a shortcut in the room, and where the focus is nowhere', () => {
    const inRoom = [new PageElement(), room];
    expect(press(inRoom, 'm', 'Escape', '?')).toEqual(['toggleAudio', 'closePanel', 'toggleHelp']);
    expect(press([], 'v')).toEqual(['toggleVideo']);
    expect(press([new PageElement()], 'v')).toEqual([]);
  });

  it('is none behind a dialog in the room, but that which closes the sheet of keys', () => {
    const inDialog = [new PageElement(), new PageDialog(), room];
    expect(press(inDialog, 'm', 'ArrowRight', 'Escape', ' ')).toEqual([]);
    showsHelp = true;
    expect(press([], 'm', 'h', 'Escape', ' ', '?')).toEqual(['toggleHelp']);
    showsHelp = false;
  });

  it('is one where the page has put the room into a dialog of its own', () => {
    expect(press([new PageElement(), room, new PageDialog()], 'm')).toEqual(['toggleAudio']);
  });
});
