import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Sounds } from '../../client/element/system/Sounds.ts';

/** Outputs that were asked for. */
const asked: string[] = [];

/** As much of an audio context (W3C Web Audio) as the choice of its output needs. */
class AudioContextWithOutputs {
  setSinkId(deviceId: string): Promise<void> {
    asked.push(deviceId);
    return deviceId === 'gone' ? Promise.reject(new Error('no such device')) : Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

beforeEach(() => {
  Object.assign(globalThis, { AudioContext: AudioContextWithOutputs });
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, 'AudioContext');
  asked.length = 0;
});

describe('the output of the sounds', () => {
  it('is asked for when it changes, even if it could not be had', () => {
    const sounds = new Sounds();
    for (const output of ['', '', 'gone', 'gone', 'gone', 'desk', 'desk', '', 'gone']) sounds.output = output;
    expect(asked).toEqual(['gone', 'desk', '', 'gone']);
    sounds.close();
    sounds.output = 'desk';
    expect(asked).toHaveLength(4);
  });
});
