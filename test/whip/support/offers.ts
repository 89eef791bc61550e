import { randomBytes, randomInt } from 'node:crypto';

/** Lines of a description, joined as RFC 8866 wants them. */
const lines = (...parts: readonly (string | readonly string[])[]): string =>
  `${parts.flat().join('\r\n')}\r\n`;

const hex = (bytes: number): string =>
  [...randomBytes(bytes)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');

export interface OfferOptions {
  direction?: 'sendonly' | 'recvonly';
  audio?: boolean;
  video?: boolean;
  /** Payload type, rtpmap and fmtp of each video codec. */
  codecs?: readonly (readonly [number, string, string?])[];
  rids?: readonly string[];
  ssrcs?: boolean;
  extensions?: boolean;
  candidates?: boolean;
  iceUfrag?: string;
  icePwd?: string;
}

const FMTP = 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=';
export const VP8 = [96, 'VP8/90000'] as const;
export const VP9 = [98, 'VP9/90000', 'profile-id=0'] as const;
export const AV1 = [45, 'AV1/90000'] as const;
export const H264 = [102, 'H264/90000', `${FMTP}42e01f`] as const;
export const H264_HIGH = [104, 'H264/90000', `${FMTP}640032`] as const;

/** What a browser offers, or (without candidates and extensions) OBS. */
export function offerOf(options: OfferOptions = {}): string {
  const { direction = 'sendonly', audio = true, video = true, ssrcs = direction === 'sendonly' } = options;
  const mids = [...(audio ? ['0'] : []), ...(video ? ['1'] : [])];
  const { iceUfrag = 'Ab3+', icePwd = 'abcdefghijklmnopqrstuvwx' } = options;
  const common = (mid: string): string[] => [
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    `a=ice-ufrag:${iceUfrag}`,
    `a=ice-pwd:${icePwd}`,
    `a=fingerprint:sha-256 ${hex(32)}`,
    'a=setup:actpass',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...(options.candidates ? ['a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host'] : []),
    ...(options.extensions === false
      ? []
      : [
          'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid',
          'a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
        ]),
    ...(direction === 'sendonly' ? [`a=msid:stream track${mid}`] : []),
  ];
  const codecs = options.codecs ?? [VP8, VP9, H264, AV1];
  const ssrc = randomInt(1, 0x7fff_ffff);
  return lines(
    ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`],
    audio
      ? [
          'm=audio 9 UDP/TLS/RTP/SAVPF 111',
          ...common('0'),
          ...(options.extensions === false ? [] : ['a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level']),
          'a=rtpmap:111 opus/48000/2',
          'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1;stereo=1;sprop-stereo=1',
          'a=rtcp-fb:111 transport-cc',
          ...(ssrcs ? [`a=ssrc:${ssrc} cname:c`] : []),
        ]
      : [],
    video
      ? [
          `m=video 9 UDP/TLS/RTP/SAVPF ${codecs.flatMap(([type]) => [type, type + 1]).join(' ')}`,
          ...common('1'),
          ...codecs.flatMap(([type, rtpmap, fmtp]) => [
            `a=rtpmap:${type} ${rtpmap}`,
            ...(fmtp ? [`a=fmtp:${type} ${fmtp}`] : []),
            `a=rtcp-fb:${type} nack`,
            `a=rtcp-fb:${type} nack pli`,
            `a=rtcp-fb:${type} transport-cc`,
            `a=rtpmap:${type + 1} rtx/90000`,
            `a=fmtp:${type + 1} apt=${type}`,
          ]),
          ...(options.rids
            ? [
                'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
                'a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
                ...options.rids.map((rid) => `a=rid:${rid} send`),
                `a=simulcast:send ${options.rids.join(';')}`,
              ]
            : ssrcs
              ? [
                  `a=ssrc-group:FID ${ssrc + 1} ${ssrc + 2}`,
                  `a=ssrc:${ssrc + 1} cname:c`,
                  `a=ssrc:${ssrc + 2} cname:c`,
                ]
              : []),
        ]
      : [],
  );
}

/** What a client says of new candidates (RFC 8840). */
export const fragmentOf = (iceUfrag = 'Ab3+', icePwd = 'abcdefghijklmnopqrstuvwx'): string =>
  lines(
    [`a=ice-ufrag:${iceUfrag}`, `a=ice-pwd:${icePwd}`],
    ['m=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', 'a=candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host'],
    ['a=end-of-candidates'],
  );
