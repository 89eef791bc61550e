/*
 * Two ways for a page to tell the loudest frequency of a track. Both run in the page, and everything that they need
 * is inside.
 */

/** The loudest frequency, Hz, and how loud it is, dB; undefined as long as that is not known. */
export type Ears = (track: MediaStreamTrack) => { frequency: number; level: number } | undefined;

/** Listens to what is played now. */
export function makeAnalyserEars(): Ears {
  const analysers = new Map<MediaStreamTrack, AnalyserNode>();
  let context: AudioContext | undefined;
  return (track) => {
    context ??= new AudioContext();
    let analyser = analysers.get(track);
    if (!analyser) {
      analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
      context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
      analysers.set(track, analyser);
    }
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const level = Math.max(...levels);
    return { level, frequency: (levels.indexOf(level) * context.sampleRate) / analyser.fftSize };
  };
}

/**
 * Records a moment and listens to that, each time anew: the first question starts a recording, a later one is
 * answered from it. It is for Firefox, which runs no AudioContext on a machine without loudspeakers.
 */
export function makeRecorderEars(): Ears {
  const heard = new Map<MediaStreamTrack, ReturnType<Ears> | 'recording'>();

  async function record(track: MediaStreamTrack): Promise<Blob> {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts: Blob[] = [];
    const stopped = new Promise((resolve) => recorder.addEventListener('stop', resolve));
    recorder.addEventListener('dataavailable', ({ data }) => {
      parts.push(data);
      if (recorder.state === 'recording') recorder.stop();
    });
    recorder.start(300);
    await stopped;
    return new Blob(parts);
  }

  async function listen(track: MediaStreamTrack): Promise<ReturnType<Ears>> {
    const bytes = await (await record(track)).arrayBuffer();
    const sampleRate = 48_000;
    const buffer = await new OfflineAudioContext(1, 1, sampleRate).decodeAudioData(bytes);
    const context = new OfflineAudioContext(1, buffer.length, sampleRate);
    // Once all is rendered it knows the end of the recording.
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(analyser).connect(context.destination);
    source.start();
    await context.startRendering();
    const levels = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(levels);
    const level = Math.max(...levels);
    return { level, frequency: (levels.indexOf(level) * sampleRate) / analyser.fftSize };
  }

  return (track) => {
    const known = heard.get(track);
    if (known === 'recording') return undefined;
    heard.delete(track);
    if (known) return known;
    heard.set(track, 'recording');
    void listen(track).then((sound) => heard.set(track, sound));
    return undefined;
  };
}
