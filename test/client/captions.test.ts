import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CallCaptions } from '../../client/element/captions/CallCaptions.ts';
import { CaptionBoard } from '../../client/element/captions/CaptionBoard.ts';
import { Captioner, type CaptionFailure } from '../../client/element/captions/Captioner.ts';
import {
  CAPTION_TOPIC,
  captionText,
  LONGEST,
  readCaption,
  type Caption,
} from '../../client/element/captions/captionMessages.ts';
import type { Recognition } from '../../client/element/captions/recognition.ts';
import type { SessionClient } from '../../client/element/sessionTypes.ts';
import { text } from '../../client/element/text.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import type { DataMessage, PeerState, RoomState } from '../../client/lib/publicTypes.ts';
import { until } from './support/until.ts';

/** A browser's speech recognition that hears what a test says. */
class ScriptedRecognition implements Recognition {
  static made: ScriptedRecognition[] = [];
  /** Thrown by `start`. */
  static refusesTracks = false;
  lang = '';
  continuous = false;
  interimResults = false;
  onresult: Recognition['onresult'] = null;
  onerror: Recognition['onerror'] = null;
  onend: Recognition['onend'] = null;
  heard: MediaStreamTrack | undefined;
  aborted = false;

  constructor() {
    ScriptedRecognition.made.push(this);
  }

  static get last(): ScriptedRecognition {
    return this.made.at(-1)!;
  }

  start(track?: MediaStreamTrack): void {
    this.heard = track;
    if (track && ScriptedRecognition.refusesTracks) throw new DOMException('no tracks', 'InvalidStateError');
  }

  abort(): void {
    this.aborted = true;
    this.onend?.();
  }

  hears(...results: [transcript: string, isFinal: boolean][]): void {
    this.onresult?.({
      resultIndex: 0,
      results: results.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal })),
    });
  }

  ends(error?: string): void {
    if (error) this.onerror?.({ error });
    this.onend?.();
  }
}

const track = { kind: 'audio', readyState: 'live' } as MediaStreamTrack;

beforeEach(() => {
  ScriptedRecognition.made = [];
  ScriptedRecognition.refusesTracks = false;
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the captioner', () => {
  function start(): { captioner: Captioner; said: Caption[]; failures: CaptionFailure[] } {
    const said: Caption[] = [];
    const failures: CaptionFailure[] = [];
    const captioner = new Captioner({
      recognizer: ScriptedRecognition,
      language: 'en-GB',
      track,
      first: 1,
      said: (caption) => said.push(caption),
      failed: (why) => failures.push(why),
    });
    return { captioner, said, failures };
  }

  it('tells what is being said now and then, and each utterance once when it is over', () => {
    const { captioner, said } = start();
    const recognition = ScriptedRecognition.last;
    expect(recognition).toMatchObject({
      lang: 'en-GB',
      continuous: true,
      interimResults: true,
      heard: track,
    });
    recognition.hears(['good', false]);
    recognition.hears(['good mor', false]);
    expect(said).toEqual([]);
    jest.advanceTimersByTime(300);
    expect(said).toEqual([{ id: 1, text: 'good mor', final: false, language: 'en-GB' }]);
    recognition.hears(['Good morning.', true], [' how', false]);
    jest.advanceTimersByTime(300);
    expect(said.slice(1).map(({ id, text: words, final }) => [id, words, final])).toEqual([
      [1, 'Good morning.', true],
      [2, 'how', false],
    ]);
    captioner.stop();
    expect(recognition.aborted).toBe(true);
    // What was not told to the end is no more: the browser has not finished it.
    expect(said.at(-1)).toMatchObject({ id: 2, text: 'how', final: true });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('begins again when the browser ends by itself, and without the track where that is not taken', () => {
    ScriptedRecognition.refusesTracks = true;
    const { captioner, failures } = start();
    jest.advanceTimersByTime(250);
    expect(ScriptedRecognition.made).toHaveLength(2);
    expect(ScriptedRecognition.last.heard).toBeUndefined();
    for (let round = 0; round < 20; round += 1) {
      ScriptedRecognition.last.ends(round % 2 ? 'no-speech' : undefined);
      jest.advanceTimersByTime(250);
    }
    expect(ScriptedRecognition.made).toHaveLength(22);
    expect(failures).toEqual([]);
    captioner.stop();
  });

  it('gives up where nothing helps, and a service that does not answer after some attempts', () => {
    for (const [error, why] of [
      ['not-allowed', 'denied'],
      ['service-not-allowed', 'denied'],
      ['language-not-supported', 'language'],
    ] as const) {
      const { failures } = start();
      ScriptedRecognition.last.ends(error);
      expect(failures).toEqual([why]);
      expect(jest.getTimerCount()).toBe(0);
    }
    const { failures } = start();
    const before = ScriptedRecognition.made.length;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      ScriptedRecognition.last.ends('network');
      jest.advanceTimersByTime(8000);
    }
    expect(failures).toEqual(['service']);
    expect(ScriptedRecognition.made.length - before).toBe(4);
  });
});

describe('a caption from somebody else', () => {
  it('is what the schema says, and nothing that controls or turns the text', () => {
    expect(readCaption({ id: 3, text: ' a\u202Eb\n c ', final: true, language: 'de-AT', more: 1 })).toEqual({
      id: 3,
      text: 'a b c',
      final: true,
      language: 'de-AT',
    });
    expect(readCaption({ id: 0, text: 'a', final: false, language: '"><b' })?.language).toBe('');
    for (const wrong of [
      null,
      'text',
      { id: 1.5, text: 'a', final: true },
      { id: -1, text: 'a', final: true },
      { id: 1, text: 7, final: true },
      { id: 1, text: ' \u2066 ', final: true },
      { id: 1, text: 'a' },
    ]) {
      expect(readCaption(wrong)).toBeUndefined();
    }
  });

  it('keeps its end where it is long, and the joiners of Persian', () => {
    const long = captionText(`${'x'.repeat(5000)}end`);
    expect(Array.from(long)).toHaveLength(LONGEST);
    expect(long).toMatch(/^…x+end$/);
    expect(captionText('می\u200cخواهم')).toBe('می\u200cخواهم');
  });
});

describe('the board of captions', () => {
  const caption = (id: number, words: string, final = false): Caption => ({
    id,
    text: words,
    final,
    language: 'en',
  });

  it('has one line for an utterance, the newest three, each for a while', () => {
    let changes = 0;
    const board = new CaptionBoard(() => (changes += 1));
    board.take('ann', 'Ann', caption(1, 'he'));
    board.take('ann', 'Ann', caption(1, 'hello', true));
    expect(board.lines).toMatchObject([{ name: 'Ann', text: 'hello', final: true }]);
    for (const id of [2, 3, 4]) board.take('bob', 'Bob', caption(id, `${id}`, true));
    expect(board.lines.map(({ text: words }) => words)).toEqual(['2', '3', '4']);
    expect(board.said.map(({ text: words }) => words)).toEqual(['hello', '2', '3', '4']);
    jest.advanceTimersByTime(7000);
    expect(board.lines).toEqual([]);
    expect(changes).toBeGreaterThan(5);
    board.take('ann', 'Ann', caption(2, 'again'));
    board.close();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not go back to an utterance that is over, nor read more than anybody can', () => {
    const board = new CaptionBoard(() => undefined);
    board.take('ann', 'Ann', caption(1, 'hello', true), 0);
    expect(board.take('ann', 'Ann', caption(1, 'hel'), 1)).toBe(false);
    const taken = Array.from({ length: 40 }, (_, id) => board.take('bob', 'Bob', caption(id, 'spam'), 500));
    expect(taken.filter(Boolean)).toHaveLength(12);
    expect(board.take('bob', 'Bob', caption(99, 'later'), 1600)).toBe(true);
    board.forget('ann');
    expect(board.take('ann', 'Ann', caption(1, 'new here'), 1600)).toBe(true);
    board.close();
  });
});

describe('the captions of a call', () => {
  const person = (peerId: string, isLocal: boolean, paused = false): PeerState => ({
    peerId,
    name: peerId.toUpperCase(),
    role: 'speaker',
    joinedAt: 0,
    isLocal,
    level: -127,
    speaking: false,
    connectionQuality: null,
    publications: [
      { producerId: `${peerId}-m`, source: 'microphone', kind: 'audio', paused, track, quality: null },
    ],
  });

  /** A room with Bob and oneself in it, as the SDK would tell of it. */
  function room() {
    const listeners = new Map<string, (argument: never) => void>();
    const sent: [payload: unknown, options: unknown][] = [];
    const stateOf = (muted: boolean, canPublishData = true): RoomState => ({
      ...initialRoom('standup').view,
      status: 'connected',
      peers: [person('me', true, muted), person('bob', false)],
      permissions: { ...initialRoom('standup').view.permissions, canPublishData },
    });
    const client = {
      state: stateOf(false),
      on: (event: string, listener: (argument: never) => void) => {
        listeners.set(event, listener);
        return () => listeners.delete(event);
      },
      sendData: (payload: unknown, options: unknown) => {
        sent.push([payload, options]);
        return Promise.reject(new Error('not connected'));
      },
    };
    const tell = (event: string, argument: unknown): void => listeners.get(event)?.(argument as never);
    const change = (state: RoomState): void => tell('stateChanged', (client.state = state));
    return { client: client as unknown as SessionClient, listeners, sent, tell, change, stateOf };
  }

  beforeEach(() => {
    jest.useRealTimers();
    Object.assign(globalThis, { webkitSpeechRecognition: ScriptedRecognition });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'webkitSpeechRecognition');
  });

  it('hears the microphone only while it is wanted, and on', async () => {
    const { client, listeners, sent, change, stateOf } = room();
    const failures: string[] = [];
    const captions = new CallCaptions(client, {
      changed: () => undefined,
      said: () => undefined,
      failed: (sentence) => failures.push(sentence),
    });
    expect(ScriptedRecognition.made).toEqual([]);
    captions.want(true);
    await until(() => ScriptedRecognition.made.length === 1);
    ScriptedRecognition.last.hears(['hello', true]);
    expect(sent).toEqual([
      [
        { id: 1, text: 'hello', final: true, language: 'en' },
        { topic: CAPTION_TOPIC, reliable: true },
      ],
    ]);
    expect(captions.board.lines).toMatchObject([{ name: text.you, text: 'hello' }]);
    change(stateOf(true));
    expect(ScriptedRecognition.last.aborted).toBe(true);
    change(stateOf(false, false));
    change(stateOf(false));
    await until(() => ScriptedRecognition.made.length === 2);
    // Numbers go on, so that the others tell the utterances apart.
    ScriptedRecognition.last.hears(['again', true]);
    expect(sent.at(-1)?.[0]).toMatchObject({ id: 2, text: 'again' });
    ScriptedRecognition.last.ends('not-allowed');
    expect(failures).toEqual([text.captionsDenied]);
    captions.close();
    expect(listeners.size).toBe(0);
  });

  it('shows what others send under the name that the room has for them, and nothing else', () => {
    const { client, tell } = room();
    const said: [string, string, boolean][] = [];
    const captions = new CallCaptions(client, {
      changed: () => undefined,
      said: (caption, peer, stranger) => said.push([peer.name, caption.text, stranger]),
      failed: () => undefined,
    });
    const message = (change: Partial<DataMessage>): DataMessage => ({
      from: 'bob',
      topic: CAPTION_TOPIC,
      payload: { id: 1, text: 'hi', final: true, language: 'en' },
      reliable: true,
      ...change,
    });
    tell('data', message({ topic: 'other' }));
    tell('data', message({ from: 'nobody' }));
    tell('data', message({ payload: 'hi' }));
    tell('data', message({}));
    tell('data', message({ payload: { id: 2, text: 'there', final: false, name: 'Eve' } }));
    expect(said).toEqual([
      ['BOB', 'hi', true],
      ['BOB', 'there', false],
    ]);
    expect(captions.board.lines.map(({ name }) => name)).toEqual(['BOB', 'BOB']);
    captions.close();
  });
});
