import {
  generateRouterRtpCapabilities,
  getProducerRtpParametersMapping,
  validateAndNormalizeRtpParameters,
} from 'mediasoup/ortc';
import type { RouterRtpCodecCapability, RtpCapabilities, RtpParameters } from 'mediasoup/types';
import { mediaCodecs } from '../../sfu/mediaCodecs.ts';
import type { Codec, OfferedSection } from './offer.ts';

/** What every room's router takes. */
export const ROUTER_CAPABILITIES = generateRouterRtpCapabilities(mediaCodecs);

/** What both sides know of a codec. */
export interface MatchedCodec {
  /** With the offer's payload type, and the parameters and feedback that the answer tells. */
  codec: Codec;
  /** Its retransmissions (RFC 4588), where they are offered. */
  rtx: Codec | undefined;
}

/**
 * The codecs of a section that a router with these capabilities takes, by mediasoup's own rules (profiles of H264 and VP9,
 * packetization mode), most preferred first.
 */
export function matchCodecs(section: OfferedSection, capabilities: RtpCapabilities): MatchedCodec[] {
  return section.codecs.flatMap((codec) => {
    if (isRtx(codec)) return [];
    const matched = matchOne(codec, capabilities);
    const rtx = section.codecs.find(
      (other) => isRtx(other) && other.parameters?.['apt'] === codec.payloadType,
    );
    return matched ? [{ codec: matched, rtx }] : [];
  });
}

/** What a router with one codec takes. */
export function capabilitiesOf(mediaCodec: RouterRtpCodecCapability): RtpCapabilities {
  return generateRouterRtpCapabilities([mediaCodec]);
}

const isRtx = ({ mimeType }: Codec): boolean => mimeType.toLowerCase().endsWith('/rtx');

function matchOne(offered: Codec, capabilities: RtpCapabilities): Codec | undefined {
  // mediasoup fills in what is missing, and the profile of H264 that both sides are to use.
  const parameters = { codecs: [structuredClone(offered)], encodings: [{}] } as RtpParameters;
  let payloadType: number | undefined;
  try {
    validateAndNormalizeRtpParameters(parameters);
    payloadType = getProducerRtpParametersMapping(parameters, capabilities).codecs[0]?.mappedPayloadType;
  } catch {
    return undefined;
  }
  const [codec] = parameters.codecs;
  const capability = capabilities.codecs?.find(
    ({ preferredPayloadType }) => preferredPayloadType === payloadType,
  );
  if (!codec || !capability) return undefined;
  const known = capability.rtcpFeedback ?? [];
  return {
    ...(codec as Codec),
    mimeType: capability.mimeType,
    rtcpFeedback: (offered.rtcpFeedback ?? []).filter(({ type, parameter = '' }) =>
      known.some((feedback) => feedback.type === type && (feedback.parameter ?? '') === parameter),
    ),
  };
}
