import { describe, expect, it } from '@jest/globals';
import { PushToTalk } from '../../client/element/keyboard/PushToTalk.ts';

/** A microphone whose changes are done when the test says so. */
class Microphone {
  isOn = false;
  /** Of the change under way. */
  settle: { done: () => void; fail: () => void } | null = null;
  changes = 0;

  readonly talking = {
    on: (): boolean => this.isOn,
    toggle: (): Promise<void> => {
      this.changes += 1;
      return new Promise((resolve, reject) => {
        this.settle = {
          done: () => {
            this.isOn = !this.isOn;
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
