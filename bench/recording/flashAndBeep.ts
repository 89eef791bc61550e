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
    /** When flashes and beeps began in the tracks that are sent. */
    leftPage?: { flashes: number[]; beeps: number[] };
  }
}

/** Of the "MediaStreamTrack Insertable Media Processing" draft; Chromium has it in windows too. */
declare const MediaStreamTrackProcessor: new <T>(init: { track: MediaStreamTrack }) => {
  readable: ReadableStream<T>;
};

export const SIGNAL: Signal = { period: 2000, length: 120, tone: 3000 };

/**
 * Runs in the page before anything else: its camera flashes white while its microphone beeps. Files that Chromium plays
 * as a camera and as a microphone would each begin when it is opened, and nobody would know by how much they differ; here
 * one clock starts both. On a busy machine the beep still leaves the page later than the flash, so that it takes down when
 * each did. Everything that it needs is inside.
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
    const picture = canvas.captureStream(25);
    watch(picture.getVideoTracks()[0], speaker.stream.getAudioTracks()[0]);
    return { picture, sound: speaker.stream };
  }

  function watch(video: MediaStreamTrack | undefined, audio: MediaStreamTrack | undefined): void {
    if (!video || !audio) throw new Error('nothing is captured');
    const left = { flashes: [] as number[], beeps: [] as number[] };
    window.leftPage = left;
    const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    let wasBright = false;
    void each(new MediaStreamTrackProcessor<VideoFrame>({ track: video }), (frame) => {
      pen?.drawImage(frame, 0, 0, 1, 1);
      const isBright = (pen?.getImageData(0, 0, 1, 1).data[0] ?? 0) > 120;
      if (isBright && !wasBright) left.flashes.push(performance.now());
      wasBright = isBright;
    });
    let loudAt = -Infinity;
    void each(new MediaStreamTrackProcessor<AudioData>({ track: audio }), (data) => {
      const samples = new Float32Array(data.numberOfFrames);
      data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
      const now = performance.now();
      // Louder than the hum.
      if (!samples.some((sample) => Math.abs(sample) > 0.1)) return;
      if (now - loudAt > period / 4) left.beeps.push(now);
      loudAt = now;
    });
  }

  async function each<T extends AudioData | VideoFrame>(
    { readable }: { readable: ReadableStream<T> },
    look: (one: T) => void,
  ): Promise<void> {
    const reader = readable.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      look(next.value);
      next.value.close();
    }
  }
}
