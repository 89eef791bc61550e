import type { RtpCapabilities } from 'mediasoup/types';
import type { MediaSource, RtpParameters, VideoCodec } from '../../protocol/models.ts';
import { WhipProblem } from '../WhipProblem.ts';
import type { AnsweredSection } from './answer.ts';
import { matchCodecs, type MatchedCodec } from './matchCodec.ts';
import type { Codec, Encoding, Offer, OfferedSection } from './offer.ts';

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const AUDIO_LEVEL = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';
/** Of which mediasoup forwards one of several streams. */
const SIMULCAST: readonly string[] = ['video/VP8', 'video/H264'];

/** A track that the offer promises, and what the answer says of it. */
export interface OfferedTrack {
  readonly kind: 'audio' | 'video';
  readonly source: MediaSource;
  readonly rtpParameters: RtpParameters;
}

export interface Publishing {
  readonly tracks: readonly OfferedTrack[];
  /** One for each section of the offer. */
  readonly answer: readonly AnsweredSection[];
}

/**
 * What a WHIP sender is to send: for each kind one track with one codec, which is the room's where it is offered.
 *
 * @throws WhipProblem 406 for an offer of which nothing can be taken, or of more than one MediaStream (RFC 9725 section
 * 4.4.2).
 */
export function readPublishing(
  offer: Offer,
  capabilities: RtpCapabilities,
  preferred: VideoCodec,
): Publishing {
  const sending = offer.sections.filter(isSending);
  if (sending.length === 0) throw new WhipProblem(406, 'the offer sends nothing');
  for (const kind of ['audio', 'video'] as const) {
    const count = sending.filter((section) => section.kind === kind).length;
    if (count > 1)
      throw new WhipProblem(406, `one session publishes one ${kind} track, and ${count} are offered`);
  }
  if (new Set(sending.flatMap(({ streams }) => streams)).size > 1)
    throw new WhipProblem(406, 'one session publishes one MediaStream');
  const tracks: OfferedTrack[] = [];
  const answer = offer.sections.map((section): AnsweredSection => {
    if (!section.kind || !isSending(section))
      return { section, direction: 'inactive', codecs: [], extensions: [] };
    const { codec, rtx } = chooseCodec(section, capabilities, preferred);
    const codecs = [codec, ...(rtx ? [rtx] : [])];
    const extensions = extensionsOf(section, capabilities);
    tracks.push({
      kind: section.kind,
      source: sourceOf(section, extensions),
      rtpParameters: {
        mid: section.mid,
        codecs,
        headerExtensions: extensions,
        encodings: encodingsOf(section, codec, extensions),
        rtcp: {
          ...(section.cname === undefined ? {} : { cname: section.cname.slice(0, 255) }),
          reducedSize: true,
        },
      },
    });
    return {
      section,
      direction: 'recvonly',
      codecs: [{ ...codec, parameters: receivedParameters(codec) }, ...codecs.slice(1)],
      extensions,
      rids: section.rids,
    };
  });
  return { tracks, answer };
}

const isSending = ({ kind, direction }: OfferedSection): boolean =>
  kind !== undefined && (direction === 'sendonly' || direction === 'sendrecv');

function chooseCodec(
  section: OfferedSection,
  capabilities: RtpCapabilities,
  preferred: VideoCodec,
): MatchedCodec {
  const isSimulcast = section.rids.length > 1 || section.encodings.length > 1;
  const matched = matchCodecs(section, capabilities);
  const usable = isSimulcast ? matched.filter(({ codec }) => SIMULCAST.includes(codec.mimeType)) : matched;
  const chosen = usable.find(({ codec }) => codec.mimeType === preferred) ?? usable[0];
  if (chosen) return chosen;
  if (matched.length > 0) throw new WhipProblem(406, 'simulcast is taken of VP8 and H264 alone');
  const taken = (capabilities.codecs ?? [])
    .filter(({ kind, mimeType }) => kind === section.kind && !mimeType.endsWith('/rtx'))
    .map(({ mimeType }) => mimeType.slice(mimeType.indexOf('/') + 1));
  throw new WhipProblem(
    406,
    `no codec of the ${section.type} offered is taken; these are: ${taken.join(', ')}`,
  );
}

function extensionsOf(section: OfferedSection, { headerExtensions = [] }: RtpCapabilities) {
  return section.extensions.filter(({ uri }) =>
    headerExtensions.some(
      (known) => known.kind === section.kind && known.uri === uri && known.direction !== 'sendonly',
    ),
  );
}

/**
 * Sound whose loudness is not told (RFC 6464) cannot be held against that of others, so it is not treated as a
 * microphone, of which only the loudest are forwarded.
 */
function sourceOf({ kind }: OfferedSection, extensions: readonly { uri: string }[]): MediaSource {
  if (kind === 'video') return 'camera';
  return extensions.some(({ uri }) => uri === AUDIO_LEVEL) ? 'microphone' : 'custom';
}

function encodingsOf(
  section: OfferedSection,
  { mimeType, parameters }: Codec,
  extensions: readonly { uri: string }[],
): Encoding[] {
  // Chromium's VP8 has three temporal layers in simulcast, other codecs need not have any.
  const simulcast = mimeType === 'video/VP8' ? 'L1T3' : 'L1T1';
  if (section.rids.length > 1) return section.rids.map((rid) => ({ rid, scalabilityMode: simulcast }));
  const dtx = parameters?.['usedtx'] === 1 ? { dtx: true } : {};
  const [rid] = section.rids;
  if (rid !== undefined) return [{ rid, ...dtx }];
  if (section.encodings.length > 1)
    return section.encodings.map((encoding) => ({ ...encoding, scalabilityMode: simulcast }));
  const [encoding] = section.encodings;
  if (encoding) return [{ ...encoding, ...dtx }];
  if (!extensions.some(({ uri }) => uri === MID))
    throw new WhipProblem(
      406,
      `the ${section.type} has neither a=ssrc nor ${MID} by which its packets are known`,
    );
  return [dtx];
}

/** What this side wants to get (RFC 7587 section 7.1): stereo where it is offered, and redundancy under loss. */
function receivedParameters({ mimeType, parameters = {} }: Codec): Codec['parameters'] {
  if (mimeType !== 'audio/opus') return parameters;
  const isStereo = parameters['sprop-stereo'] === 1 || parameters['stereo'] === 1;
  const { minptime, usedtx } = parameters;
  return {
    ...(minptime === undefined ? {} : { minptime }),
    useinbandfec: 1,
    ...(isStereo ? { stereo: 1 } : {}),
    ...(usedtx === undefined ? {} : { usedtx }),
  };
}
