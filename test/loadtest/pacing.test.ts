import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Cadence } from '../../loadtest/media/Cadence.ts';
import { Pacer } from '../../loadtest/media/Pacer.ts';
import {
  absSendTime,
  adoptClock,
  clockOrigin,
  compactNtp,
  fromNtp,
  readNtp,
  rtpTimestamp,
  toNtp,
  unixNow,
  writeNtp,
} from '../../loadtest/rtp/ntp.ts';
import { builtLoadtest } from '../support/builtLoadtest.ts';
import { FakeClock } from '../support/FakeClock.ts';

describe('the pacer', () => {
  let clock: FakeClock;
  let pacer: Pacer;
  let errors: unknown[];
  beforeEach(() => {
    clock = new FakeClock(1000);
    errors = [];
    pacer = new Pacer({ clock, onError: (error) => errors.push(error) });
  });
  afterEach(() => pacer.close());

  it('takes steps in the order of their times, whatever the order in which they came', () => {
    const done: number[] = [];
    const times = Array.from({ length: 200 }, (_, i) => 1000 + ((i * 7919) % 200));
    for (const time of times) {
      pacer.schedule(time, (due) => {
        done.push(due);
        return null;
      });
    }
    clock.run(300);
    expect(done).toEqual([...times].sort((a, b) => a - b));
    expect(pacer.size).toBe(0);
  });

  it('is never early, and late by less than a millisecond', () => {
    const late: number[] = [];
    pacer.schedule(1000.4, (due, now) => {
      late.push(now - due);
      return due + 33.3;
    });
    clock.run(1000);
    expect(late).toHaveLength(31);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...late)).toBeLessThan(1.01);
  });

  it('takes one step of each at a time, however late it is', () => {
    const done: number[] = [];
    pacer.schedule(1010, (due, now) => {
      done.push(now);
      return due + 10;
    });
    clock.stall(100);
    clock.run(5);
    expect(new Set(done).size).toBe(done.length);
  });

  it('wakes earlier for an earlier step', () => {
    const done: string[] = [];
    pacer.schedule(1500, () => {
      done.push('late');
      return null;
    });
    pacer.schedule(1100, () => {
      done.push('early');
      return null;
    });
    clock.run(150);
    expect(done).toEqual(['early']);
    clock.run(500);
    expect(done).toEqual(['early', 'late']);
  });

  it('takes no step that was cancelled, nor any once closed', () => {
    const done: string[] = [];
    const step = (name: string) => (due: number) => {
      done.push(name);
      return due + 10;
    };
    const one = pacer.schedule(1005, step('one'));
    pacer.schedule(1007, step('other'));
    one.cancel();
    clock.run(10);
    expect(done).toEqual(['other']);
    pacer.close();
    pacer.schedule(1020, step('new'));
    clock.run(100);
    expect(done).toEqual(['other']);
  });

  it('gives up a step that throws, and goes on with the others', () => {
    const failure = new Error('socket closed');
    let count = 0;
    pacer.schedule(1001, () => {
      throw failure;
    });
    pacer.schedule(1001, (due) => {
      count++;
      return due + 10;
    });
    clock.run(95);
    expect(errors).toEqual([failure]);
    expect(count).toBe(10);
  });
});

describe('a cadence', () => {
  it('adds up no rounding errors', () => {
    const cadence = new Cadence(0, 1000 / 30);
    for (let i = 0; i < 3_000_000; i++) cadence.advance(1, cadence.due);
    expect(cadence.due).toBe(100_000_000);
  });

  it('leaves out beats after more than 200 ms only', () => {
    const cadence = new Cadence(0, 20);
    expect(cadence.advance(1, 219)).toBe(0);
    expect(cadence.due).toBe(20);
    expect(cadence.advance(1, 241)).toBe(11);
    expect(cadence.due).toBe(260);
  });

  it('goes back to an earlier beat, but to none that was used', () => {
    const cadence = new Cadence(0, 20);
    cadence.advance(20, 0);
    cadence.seek(0);
    expect(cadence.due).toBe(20);
    cadence.seek(95);
    expect(cadence.due).toBe(100);
  });
});

describe('the clock', () => {
  it('is the system clock as a process begins', () => {
    // Not of this process: the system's clock may have been set since it began, which its own does not follow.
    const module = pathToFileURL(join(builtLoadtest, 'loadtest/rtp/ntp.js')).href;
    const script = `import { unixNow } from '${module}'; console.log(unixNow() - Date.now());`;
    const args = ['--input-type=module', '--eval', script];
    const off = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(Math.abs(off)).toBeLessThan(1000);
  });

  it('goes on, and there and back', () => {
    const [one, other] = [unixNow(), unixNow()];
    expect(other).toBeGreaterThanOrEqual(one);
    expect(Math.abs(fromNtp(toNtp(unixNow())) - unixNow())).toBeLessThan(1000);
  });

  it('can be that of another process', () => {
    const own = clockOrigin();
    const before = unixNow();
    adoptClock(own + 5000);
    const ahead = unixNow() - before;
    expect(clockOrigin()).toBeCloseTo(own + 5000, 2);
    adoptClock(own);
    expect(ahead).toBeGreaterThan(4000);
    expect(ahead).toBeLessThan(6000);
  });

  it('tells NTP time with the fraction, there and back', () => {
    // RFC 5905: 1970 began 2,208,988,800 s after 1900.
    expect(toNtp(0)).toBe(2_208_988_800n << 32n);
    expect(toNtp(1500)).toBe((2_208_988_801n << 32n) | 0x8000_0000n);
    const moment = 1_800_000_000_123.456;
    expect(fromNtp(toNtp(moment))).toBeCloseTo(moment, 3);
    const buffer = Buffer.alloc(8);
    writeNtp(buffer, 0, moment);
    expect(buffer.readBigUInt64BE(0)).toBe(toNtp(moment));
    expect(readNtp(buffer, 0)).toBeCloseTo(moment, 3);
    expect(compactNtp(moment)).toBe(Number((toNtp(moment) >> 16n) & 0xffff_ffffn));
  });

  it('tells RTP time and absolute send time', () => {
    expect(rtpTimestamp(1500, 90_000)).toBe(135_000);
    expect(rtpTimestamp(2 ** 32 + 1000, 1000)).toBe(1000);
    expect(absSendTime(64_500)).toBe(0x20000);
  });
});
