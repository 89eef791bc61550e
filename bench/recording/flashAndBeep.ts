/** What a page shows and plays; all times in ms. */
export interface Signal {
  period: number;
  length: number;
  /** Hz. */
  tone: number;
}

declare global {
  interface Window {
    /** ms for which the page did not get to draw, at most, since somebody set it to zero. */
    standstill?: number;
  }
}

export const SIGNAL: Signal = { period: 2000, length: 120, tone: 3000 };

/**
 * Runs in the page before anything else: its camera flashes white while its microphone beeps. Files that Chromium plays
 * as a camera and as a microphone would each begin when it is opened, and nobody would know by how much they differ; here
 * one clock starts both. Everything that it needs is inside.
 */
export function flashAndBeep({ period, length, tone }: Signal): void {
  let source: { picture: MediaStream; sound: MediaStream } | undefined;

  navigator.mediaDevices.getUserMedia = (constraints = {}) => {
    source ??= begin();
    const tracks = [
      ...(constraints.audio ? source.sound.getAudioTracks() : []),
      ...(constraints.video ? source.picture.getVideoTracks() : []),
    ];
    return Promise.resolve(new MediaStream(tracks.map((track) => track.clone())));
  };

  function begin() {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const pen = canvas.getContext('2d');
    const audio = new AudioContext({ sampleRate: 48_000, latencyHint: 'interactive' });
    const beep = audio.createOscillator();
    const hum = audio.createOscillator();
    const volume = audio.createGain();
    const quiet = audio.createGain();
    const speaker = audio.createMediaStreamDestination();
    beep.frequency.value = tone;
    volume.gain.value = 0;
    // Without it nothing is sent between two beeps (DTX), and a file ends where the last one did.
    hum.frequency.value = 200;
    quiet.gain.value = 0.02;
    beep.connect(volume).connect(speaker);
    hum.connect(quiet).connect(speaker);
    beep.start();
    hum.start();
    let wasBright = false;
    let drawnAt = performance.now();
    const draw = (): void => {
      const now = performance.now();
      window.standstill = Math.max(window.standstill ?? 0, now - drawnAt);
      drawnAt = now;
      const isBright = now % period < length;
      if (isBright !== wasBright) {
        volume.gain.setValueAtTime(isBright ? 0.5 : 0, audio.currentTime);
        wasBright = isBright;
      }
      if (!pen) return;
      pen.fillStyle = isBright ? '#fff' : '#000';
      pen.fillRect(0, 0, canvas.width, canvas.height);
      // Something that moves at the rim: a picture that never changes is hardly sent.
      pen.fillStyle = '#777';
      pen.fillRect((now / 10) % canvas.width, canvas.height - 12, 24, 12);
    };
    draw();
    setInterval(draw, 20);
    return { picture: canvas.captureStream(25), sound: speaker.stream };
  }
}
