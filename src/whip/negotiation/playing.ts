import type { RtpCapabilities } from '../../protocol/models.ts';
import { mediaCodecs } from '../../sfu/mediaCodecs.ts';
import type { OutletCodecs } from '../play/Outlet.ts';
import { WhipProblem } from '../WhipProblem.ts';
import type { AnsweredSection } from './answer.ts';
import { capabilitiesOf, matchCodecs } from './matchCodec.ts';
import type { Codec, Offer, OfferedSection } from './offer.ts';

/** Capabilities of a router with one codec, by its mime type. */
const ROUTED = new Map(
  mediaCodecs.map((codec) => [codec.mimeType, { codec, capabilities: capabilitiesOf(codec) }]),
);

/** What a player is going to receive. */
export interface Playing {
  readonly codecs: OutletCodecs;
  /** Told of it to the room, whose publishers choose their codec by what everybody decodes. */
  readonly rtpCapabilities: RtpCapabilities;
  /** The sections that are played, each with its codec. */
  readonly played: ReadonlyMap<OfferedSection, Codec>;
}

/**
 * What a WHEP player gets of each kind: one codec, with the payload type that it offered.
 *
 * @param videoCodecs Mime types, the most wanted first.
 * @throws WhipProblem 406 when there is nothing that it could be sent.
 */
export function readPlaying(offer: Offer, videoCodecs: readonly string[]): Playing {
  const played = new Map<OfferedSection, Codec>();
  const codecs: OutletCodecs = {};
  for (const section of offer.sections) {
    const { kind, direction } = section;
    if (!kind || codecs[kind] || (direction !== 'recvonly' && direction !== 'sendrecv')) continue;
    const chosen = choose(section, kind === 'audio' ? ['audio/opus'] : videoCodecs);
    if (!chosen) continue;
    const { codec: routed } = ROUTED.get(chosen.mimeType) ?? {};
    if (!routed) continue;
    played.set(section, chosen);
    codecs[kind] = { ...routed, preferredPayloadType: chosen.payloadType };
  }
  if (played.size === 0) throw new WhipProblem(406, 'there is nothing in the offer that could be sent');
  const payloadTypes = Object.values(codecs).map(({ preferredPayloadType }) => preferredPayloadType);
  if (new Set(payloadTypes).size < payloadTypes.length)
    throw new WhipProblem(406, 'sections on one transport need payload types of their own');
  return { codecs, rtpCapabilities: decoded(offer), played };
}

/** The answer, once it is known by which SSRC each section is sent. */
export function answerPlaying(
  offer: Offer,
  { played }: Playing,
  ssrcOf: (section: OfferedSection) => number,
): AnsweredSection[] {
  return offer.sections.map((section) => {
    const codec = played.get(section);
    if (!codec) return { section, direction: 'inactive', codecs: [], extensions: [] };
    return {
      section,
      direction: 'sendonly',
      codecs: [codec],
      // mediasoup sends each extension under an id of its own, which is hardly ever the one that was offered.
      extensions: section.extensions.filter(({ uri, id }) => uri === MID.uri && id === MID.id),
      stream: { ssrc: ssrcOf(section), cname: 'parley', track: section.type },
    };
  });
}

/** The one extension that every packet bears, under the id that mediasoup gives it. */
const MID = { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 };

function choose(section: OfferedSection, mimeTypes: readonly string[]): Codec | undefined {
  for (const mimeType of mimeTypes) {
    const { capabilities } = ROUTED.get(mimeType) ?? {};
    const [matched] = capabilities ? matchCodecs(section, capabilities) : [];
    if (matched) return withoutCongestionControl(matched.codec);
  }
  return undefined;
}

/** Which needs header extensions. */
const withoutCongestionControl = ({ rtcpFeedback = [], ...codec }: Codec): Codec => ({
  ...codec,
  rtcpFeedback: rtcpFeedback.filter(({ type }) => type !== 'transport-cc' && type !== 'goog-remb'),
});

function decoded({ sections }: Offer): RtpCapabilities {
  const codecs = sections.flatMap((section) =>
    section.kind === undefined
      ? []
      : [...ROUTED.values()].flatMap(({ capabilities, codec }) => {
          const [matched] = matchCodecs(section, capabilities);
          if (!matched || section.kind === undefined) return [];
          const { payloadType, ...rest } = matched.codec;
          return [
            { ...rest, kind: section.kind, preferredPayloadType: payloadType, mimeType: codec.mimeType },
          ];
        }),
  );
  return { codecs, headerExtensions: [] };
}
