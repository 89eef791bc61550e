import { fork, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unavailable } from '../support/errors.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import type { FromRecorder, StreamDescription, ToRecorder, WrittenFile } from './recorder/messages.ts';

/** ms within which it must have started, and answered. */
const DEADLINE = 10_000;
/** ms that it is given to write what waits. */
const ENDING = 5000;
/** MB of its heap. */
const HEAP = 256;

/** Beside this file when it is compiled itself; elsewhere where the build puts it. */
const mains = [
  join(import.meta.dirname, 'recorder', 'recorderMain.js'),
  resolve(import.meta.dirname, '../../dist/server/src/recording/recorder/recorderMain.js'),
];

interface RecorderProcessEvents {
  keyFrameNeeded: [trackId: string];
  file: [trackId: string, file: WrittenFile, complete: boolean];
  trackFailed: [trackId: string, reason: string];
  full: [];
  /** It is gone; unless it was asked to end, something killed it. */
  ended: [wasAsked: boolean];
}

/** The process that writes one recording, seen from the server. It ends with the server, however that ends. */
export class RecorderProcess extends TypedEmitter<RecorderProcessEvents> {
  readonly #child: ChildProcess;
  readonly #answers = new Map<string, (message: FromRecorder | undefined) => void>();
  #ending = false;
  #isGone = false;

  private constructor(child: ChildProcess) {
    super();
    this.#child = child;
    child.on('message', (message) => this.#receive(message as FromRecorder));
    const gone = (): void => this.#gone();
    child.once('error', gone);
    child.once('exit', gone);
  }

  /** @throws ParleyError `unavailable` when it does not start. */
  static async start(directory: string, maxBytes: number): Promise<RecorderProcess> {
    const main = mains.find((path) => existsSync(path));
    if (main === undefined) throw unavailable('the recorder is not compiled');
    const child = fork(main, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${HEAP}`],
      // Nothing of the server's settings concerns it.
      env: {},
      serialization: 'json',
    });
    const recorder = new RecorderProcess(child);
    await recorder.#ask('ready', { type: 'begin', directory, maxBytes });
    return recorder;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Returns the port of 127.0.0.1 on which it expects the track. @throws ParleyError `unavailable`. */
  async open(trackId: string, stream: StreamDescription): Promise<number> {
    const answer = await this.#ask(`opened ${trackId}`, { type: 'open', trackId, stream });
    if (answer.type !== 'opened') throw unavailable('the recorder does not take this track');
    return answer.port;
  }

  /** Resolves when all of the track is on the disk, or the process is gone. */
  async closeTrack(trackId: string): Promise<void> {
    if (this.#isGone) return;
    await this.#ask(`closed ${trackId}`, { type: 'close', trackId }).catch(() => undefined);
  }

  /** Resolves when everything is on the disk and the process is gone. */
  async end(): Promise<void> {
    this.#ending = true;
    if (this.#isGone) return;
    const ended = this.next('ended');
    this.#send({ type: 'end' });
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ENDING);
    await ended;
    clearTimeout(timer);
  }

  async #ask(key: string, message: ToRecorder): Promise<FromRecorder> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<FromRecorder | undefined>((done) => {
      this.#answers.set(key, done);
      timer = setTimeout(() => done(undefined), DEADLINE);
      if (!this.#send(message)) done(undefined);
    });
    clearTimeout(timer);
    this.#answers.delete(key);
    if (!answer) throw unavailable('the recorder does not answer');
    return answer;
  }

  #send(message: ToRecorder): boolean {
    if (this.#isGone || !this.#child.connected) return false;
    // An error here is its end, which is told in another way.
    this.#child.send(message, () => undefined);
    return true;
  }

  #receive(message: FromRecorder): void {
    switch (message.type) {
      case 'ready':
        this.#answers.get('ready')?.(message);
        break;
      case 'opened':
      case 'closed':
        this.#answers.get(`${message.type} ${message.trackId}`)?.(message);
        break;
      case 'keyFrameNeeded':
        this.emit('keyFrameNeeded', message.trackId);
        break;
      case 'file':
        this.emit('file', message.trackId, message.file, message.complete);
        break;
      case 'failed':
        this.#answers.get(`opened ${message.trackId}`)?.(undefined);
        this.emit('trackFailed', message.trackId, message.reason);
        break;
      case 'full':
        this.emit('full');
        break;
    }
  }

  #gone(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    for (const done of this.#answers.values()) done(undefined);
    this.emit('ended', this.#ending);
  }
}
