import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import worklet from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url';
import simd from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
import plain from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import { settledWithin } from '../../lib/settledWithin.ts';

/** Hz; the only rate that RNNoise knows. */
const RATE = 48_000;
/** ms for the browser to start. */
const PATIENCE = 2000;

/**
 * A microphone without its noise: RNNoise (Valin 2018, "A Hybrid DSP/Deep Learning Approach to Real-Time Full-Band Speech
 * Enhancement") in an audio worklet, some 10 ms later than the original.
 *
 * What comes back stands for the original: stopped, it stops that; it ends when that does, and has its settings.
 *
 * @throws where the browser has no worklets or does not run them, or the page's policy no WebAssembly. The original is left
 * as it was.
 */
export async function filterNoise(original: MediaStreamTrack): Promise<MediaStreamTrack> {
  const context = new AudioContext({ sampleRate: RATE, latencyHint: 'interactive' });
  try {
    // Without a click on the page, or in Firefox a loudspeaker, it never begins; the microphone would wait for ever.
    await settledWithin(context.resume(), PATIENCE);
    if (context.state !== 'running') throw new Error('the browser does not run it');
    const [wasmBinary] = await Promise.all([
      loadRnnoise({ url: here(plain), simdUrl: here(simd) }),
      context.audioWorklet.addModule(here(worklet)),
    ]);
    const filter = new RnnoiseWorkletNode(context, { maxChannels: 1, wasmBinary });
    // What has two channels passes it as it is.
    filter.channelCount = 1;
    filter.channelCountMode = 'explicit';
    const output = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([original]) })
      .connect(filter)
      .connect(output);
    const [filtered] = output.stream.getAudioTracks();
    if (!filtered) throw new Error('the context gives no track');
    return standIn(filtered, original, () => {
      filter.destroy();
      context.close().catch(() => undefined);
    });
  } catch (error) {
    context.close().catch(() => undefined);
    throw error;
  }
}

/** Where a built file is: on the server of this script, whichever page this is. */
function here(path: string): string {
  return new URL(path, import.meta.url).href;
}

function standIn(
  filtered: MediaStreamTrack,
  original: MediaStreamTrack,
  close: () => void,
): MediaStreamTrack {
  const stop = filtered.stop.bind(filtered);
  const end = (): void => {
    original.removeEventListener('ended', ended);
    stop();
    close();
  };
  /** Unlike a track that is stopped, one that ends by itself says so (W3C Media Capture 4.3.1). */
  const ended = (): void => {
    end();
    filtered.dispatchEvent(new Event('ended'));
  };
  original.addEventListener('ended', ended);
  return Object.assign(filtered, {
    stop: () => {
      end();
      original.stop();
    },
    getSettings: () => original.getSettings(),
  });
}
