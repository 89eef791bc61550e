import type { RtpParameters } from '../../protocol/models.ts';
import type { Picture } from './tileLayers.ts';

/** What a camera is taken for that does not say. */
const USUAL = { width: 1280, height: 720 };

/** Of a video that is gone. */
export const NO_PICTURE: Picture = { width: 0, height: 0, scales: [1] };

/**
 * The layers of a picture as its encodings tell them (W3C webrtc-pc `scaleResolutionDownBy`, W3C webrtc-svc
 * `scalabilityMode`); where they do not, each layer has half the size of the next one.
 */
export function pictureOf(
  rtpParameters: RtpParameters,
  size: { width?: number | undefined; height?: number | undefined },
): Picture {
  const known = size.width !== undefined && size.height !== undefined && size.width > 0 && size.height > 0;
  const { width, height } = known ? { width: size.width ?? 0, height: size.height ?? 0 } : USUAL;
  return { width, height, scales: scalesOf(rtpParameters.encodings ?? []) };
}

type Encodings = NonNullable<RtpParameters['encodings']>;

function scalesOf(encodings: Encodings): number[] {
  if (encodings.length > 1) {
    const top = encodings.length - 1;
    return encodings.map((encoding, layer) => {
      const told = encoding['scaleResolutionDownBy'];
      return typeof told === 'number' && told >= 1 ? told : 2 ** (top - layer);
    });
  }
  // L3T3_KEY, or with a ratio of 1.5 between the layers L3T3h (W3C webrtc-svc section 6).
  const mode = /^L(\d)T\d(h?)/.exec(encodings[0]?.scalabilityMode ?? '');
  const count = Number(mode?.[1] ?? 1);
  const ratio = mode?.[2] === 'h' ? 1.5 : 2;
  return Array.from({ length: count }, (_, layer) => ratio ** (count - 1 - layer));
}
