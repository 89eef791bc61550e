import { captionText, type Caption } from './captionMessages.ts';
import type { Recognition, RecognitionResults, Recognizer } from './recognition.ts';

/** Why nothing is written down any more. */
export type CaptionFailure = 'denied' | 'language' | 'service';

export interface CaptionerParts {
  recognizer: Recognizer;
  /** BCP 47. */
  language: string;
  track: MediaStreamTrack;
  said: (caption: Caption) => void;
  /** It has stopped for good. */
  failed: (why: CaptionFailure) => void;
  /** The number of the first utterance. */
  first: number;
}

/** ms between two captions of an utterance that is under way. */
const EVERY = 300;
/** ms until recognition is begun again after it ended by itself; twice that after each failure. */
const AGAIN = 250;
const LONGEST_PAUSE = 8000;
/** Failures in a row after which it is given up. */
const MOST_FAILURES = 5;

/**
 * Has this browser write down what is said into one microphone, until `stop`.
 *
 * Browsers end a recognition after a silence or a minute; it is begun again until it fails for good.
 */
export class Captioner {
  readonly #parts: CaptionerParts;
  #recognition: Recognition | null = null;
  /** The browser does not take a track of ours. */
  #plain = false;
  #failures = 0;
  #id: number;
  /** What is being said, and not told yet. */
  #untold = '';
  #telling: ReturnType<typeof setTimeout> | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #stopped = false;

  constructor(parts: CaptionerParts) {
    this.#parts = parts;
    this.#id = parts.first;
    this.#begin();
  }

  /** The number that the next utterance would have. */
  get next(): number {
    return this.#id;
  }

  /** Idempotent. What was being said ends with what is known of it. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#restart);
    this.#finish(this.#untold);
    this.#recognition?.abort();
    this.#recognition = null;
  }

  #begin(): void {
    const { recognizer, language, track } = this.#parts;
    const recognition = (this.#recognition = new recognizer());
    recognition.lang = language;
    recognition.continuous = true;
    recognition.interimResults = true;
    let problem = '';
    const isCurrent = (): boolean => this.#recognition === recognition && !this.#stopped;
    recognition.onresult = (event) => {
      if (isCurrent()) this.#heard(event);
    };
    recognition.onerror = ({ error }) => {
      problem = error;
    };
    recognition.onend = () => {
      if (isCurrent()) this.#ended(problem);
    };
    try {
      if (this.#plain) recognition.start();
      else recognition.start(track);
    } catch {
      // Such as a track that has ended meanwhile.
      this.#ended('audio-capture');
    }
  }

  #heard({ results, resultIndex }: RecognitionResults): void {
    this.#failures = 0;
    let going = '';
    for (let index = resultIndex; index < results.length; index += 1) {
      const result = results[index];
      const transcript = result?.[0]?.transcript ?? '';
      if (result?.isFinal) this.#finish(transcript);
      else going += transcript;
    }
    this.#untold = captionText(going);
    if (this.#untold !== '') this.#telling ??= setTimeout(() => this.#tell(), EVERY);
  }

  #tell(): void {
    this.#telling = undefined;
    if (this.#untold !== '') this.#say(this.#untold, false);
  }

  /** The utterance is over. */
  #finish(text: string): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#untold = '';
    const said = captionText(text);
    if (said === '') return;
    this.#say(said, true);
    this.#id += 1;
  }

  #say(text: string, final: boolean): void {
    this.#parts.said({ id: this.#id, text, final, language: this.#parts.language });
  }

  #ended(problem: string): void {
    this.#recognition = null;
    this.#finish(this.#untold);
    const failure = FAILURES[problem];
    if (failure) {
      this.#giveUp(failure);
      return;
    }
    if (problem === 'audio-capture' && !this.#plain) this.#plain = true;
    else if (problem !== '' && problem !== 'no-speech' && problem !== 'aborted') this.#failures += 1;
    if (this.#failures >= MOST_FAILURES) {
      this.#giveUp('service');
      return;
    }
    const pause = Math.min(AGAIN * 2 ** this.#failures, LONGEST_PAUSE);
    this.#restart = setTimeout(() => this.#begin(), pause);
  }

  #giveUp(why: CaptionFailure): void {
    this.#stopped = true;
    this.#parts.failed(why);
  }
}

/** What does not get better by trying again (Web Speech API 4.1.5). */
const FAILURES: Partial<Record<string, CaptionFailure>> = {
  'not-allowed': 'denied',
  'service-not-allowed': 'denied',
  'language-not-supported': 'language',
};
