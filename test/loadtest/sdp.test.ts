import { describe, expect, it } from '@jest/globals';
import { acceptedParameters, offeredParameters } from '../../loadtest/targets/sdp/offeredParameters.ts';
import { readSdp, remoteEndpointOf, rtpParametersOf } from '../../loadtest/targets/sdp/readSdp.ts';
import {
  writeAnswer,
  writeOffer,
  type LocalTransport,
  type OfferedMedia,
} from '../../loadtest/targets/sdp/writeSdp.ts';
import type { TrackOffer } from '../../loadtest/targets/Target.ts';

const transport: LocalTransport = {
  usernameFragment: 'frag',
  password: 'a-password-of-some-length',
  fingerprint: 'AB:CD',
  candidate: { address: '192.0.2.1', port: 4000 },
};
const camera: TrackOffer = {
  kind: 'video',
  source: 'camera',
  codec: 'vp8',
  encodings: [
    { ssrc: 1, rtxSsrc: 11, maxBitrate: 100 },
    { ssrc: 2, rtxSsrc: 12, maxBitrate: 200 },
  ],
  cname: 'bot',
  paused: false,
};

const offerOf = (direction: OfferedMedia['direction'] = 'sendonly'): string =>
  writeOffer(
    transport,
    [{ kind: 'video', parameters: offeredParameters(camera, '0'), cname: 'bot', direction }],
    1,
  );

describe('SDP of a bot', () => {
  it('offers simulcast as SSRC groups, and reads back what it wrote', () => {
    const offer = offerOf();
    expect(offer).toContain('\r\na=ssrc-group:SIM 1 2\r\n');
    const [media] = readSdp(offer).media;
    expect(media).toMatchObject({ kind: 'video', mid: '0', direction: 'sendonly', formats: ['96', '97'] });
    const { encodings, codecs, headerExtensions, rtcp } = rtpParametersOf(media!);
    expect(encodings).toEqual([
      { ssrc: 1, rtx: { ssrc: 11 } },
      { ssrc: 2, rtx: { ssrc: 12 } },
    ]);
    const offered = offeredParameters(camera, '0');
    expect(codecs).toEqual(offered.codecs);
    expect(headerExtensions).toEqual(offered.headerExtensions);
    expect(rtcp).toEqual({ cname: 'bot', reducedSize: true });
  });

  it('keeps the place of a section that was given up, without its streams', () => {
    const [media] = readSdp(offerOf('inactive')).media;
    expect(media).toMatchObject({ mid: '0', direction: 'inactive' });
    expect(rtpParametersOf(media!).encodings).toBeUndefined();
  });

  it('answers all that is sent, in its order', () => {
    const offer = readSdp(
      [
        'v=0',
        'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'a=mid:a',
        'a=sendonly',
        'a=rtpmap:111 opus/48000/2',
        'm=video 9 UDP/TLS/RTP/SAVPF 96',
        'a=mid:v',
        'a=inactive',
        'a=rtpmap:96 VP8/90000',
      ].join('\r\n'),
    );
    const answer = readSdp(writeAnswer(transport, offer, 2));
    expect(answer.media.map(({ mid, direction }) => [mid, direction])).toEqual([
      ['a', 'recvonly'],
      ['v', 'inactive'],
    ]);
    expect(answer.attributes).toContainEqual({ name: 'group', value: 'BUNDLE a v' });
  });

  it('takes from an answer only what it accepts', () => {
    const answer = readSdp(
      'm=video 9 UDP/TLS/RTP/SAVPF 96\na=mid:0\na=rtpmap:96 VP8/90000\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\n',
    );
    const accepted = acceptedParameters(offeredParameters(camera, '0'), answer.media[0]!);
    expect(accepted.codecs.map(({ payloadType }) => payloadType)).toEqual([96]);
    expect(accepted.headerExtensions!.map(({ id }) => id)).toEqual([4]);
    expect(accepted.encodings).toEqual([
      { ssrc: 1, maxBitrate: 100 },
      { ssrc: 2, maxBitrate: 200 },
    ]);
  });

  describe('of the other side', () => {
    const other = (session: string): string =>
      `v=0\n${session}a=fingerprint:sha-256 AB:CD\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=ice-ufrag:u\na=ice-pwd:p\na=candidate:1 1 tcp 9 192.0.2.9 9 typ host\na=candidate:2 1 udp 5 192.0.2.2 5002 typ host\na=candidate:3 1 UDP 7 192.0.2.3 5003 typ host\n`;

    it('names the best candidate, and who controls', () => {
      const expected = {
        address: '192.0.2.3',
        port: 5003,
        usernameFragment: 'u',
        password: 'p',
        fingerprint: 'AB:CD',
      };
      expect(remoteEndpointOf(readSdp(other('')), { offered: true })).toEqual({
        ...expected,
        iceRole: 'controlled',
        lite: false,
      });
      expect(remoteEndpointOf(readSdp(other('a=ice-lite\n')), { offered: true })).toEqual({
        ...expected,
        iceRole: 'controlling',
        lite: true,
      });
      expect(remoteEndpointOf(readSdp(other('')), { offered: false }).iceRole).toBe('controlling');
    });

    it('without a usable candidate is unavailable', () => {
      const sdp = readSdp('m=audio 9 UDP/TLS/RTP/SAVPF 111\na=ice-ufrag:u\na=ice-pwd:p\n');
      expect(() => remoteEndpointOf(sdp, { offered: false })).toThrow('no address for UDP over IPv4');
    });
  });
});
