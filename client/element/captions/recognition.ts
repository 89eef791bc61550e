/** What a browser's speech recognition has of what is used here (W3C Web Speech API 4.1); the DOM types do not have it. */
export interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: RecognitionResults) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  /** Without a track, or where the browser does not take one, it hears the system's microphone. */
  start: (track?: MediaStreamTrack) => void;
  abort: () => void;
}

export interface RecognitionResults {
  /** The first that is new. */
  resultIndex: number;
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
}

export type Recognizer = new () => Recognition;

/** This browser's, if it has one. */
export function recognizer(): Recognizer | undefined {
  const { SpeechRecognition, webkitSpeechRecognition } = globalThis as {
    SpeechRecognition?: Recognizer;
    webkitSpeechRecognition?: Recognizer;
  };
  return SpeechRecognition ?? webkitSpeechRecognition;
}
