import { layersOf } from '../../loadtest/media/clipPlan.ts';
import { packetizeVp8 } from '../../loadtest/media/packetizers/vp8.ts';
import { VideoClip } from '../../loadtest/media/VideoClip.ts';

/** Three layers of made-up VP8, whose frames say which ones they are: layer and number. */
export function madeUpClip(fps: number, segmentFrames: number): VideoClip {
  const plans = layersOf({ codec: 'vp8', layers: 3, height: 720, fps });
  const layers = plans.map((plan, layer) => ({
    plan,
    frames: Array.from({ length: segmentFrames * 4 }, (_, n) => {
      const isKey = n % segmentFrames === 0;
      const frame = Buffer.alloc((isKey ? 20_000 : 800) * (layer + 1), n);
      frame[0] = isKey ? 0 : 1;
      frame[1] = layer;
      frame[2] = n;
      return packetizeVp8(frame, n, true);
    }),
  }));
  return new VideoClip({ codec: 'vp8', fps, segmentFrames, layers });
}
