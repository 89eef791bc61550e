import type { Recognition } from '../../client/element/captions/recognition.ts';

declare global {
  interface Window {
    /** What the browser's speech recognition hears next. */
    speak: (transcript: string, isFinal: boolean) => void;
  }
}

/** Runs in the page before anything else: the browser's own service is out of reach of a test. */
export function scriptRecognition(): void {
  let active: Recognition | null = null;
  class ScriptedRecognition implements Recognition {
    lang = '';
    continuous = false;
    interimResults = false;
    onresult: Recognition['onresult'] = null;
    onerror: Recognition['onerror'] = null;
    onend: Recognition['onend'] = null;

    start(): void {
      // Whoever counts on the shape of the browser's own gets that.
      // eslint-disable-next-line @typescript-eslint/no-this-alias
      active = this;
    }

    abort(): void {
      if (active === this) active = null;
      this.onend?.();
    }
  }
  Object.assign(window, {
    webkitSpeechRecognition: ScriptedRecognition,
    SpeechRecognition: ScriptedRecognition,
    speak: (transcript: string, isFinal: boolean) => {
      if (!active) throw new Error('nobody listens');
      active.onresult?.({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal })] });
    },
  });
}
