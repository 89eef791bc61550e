import {
  MediaStreamTrack,
  RTCPeerConnection,
  RTCRtpCodecParameters,
  useSdesMid,
  type RtpPacket,
} from 'werift';
import { until } from '../../support/processes.ts';
import { fragmentOf } from './offers.ts';

type Kind = 'audio' | 'video';

const codecs = {
  audio: [
    new RTCRtpCodecParameters({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType: 96 }),
  ],
  video: [
    new RTCRtpCodecParameters({
      mimeType: 'video/VP8',
      clockRate: 90_000,
      payloadType: 97,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    }),
  ],
};

/** A WHIP sender or WHEP player that is no browser: werift's WebRTC, and HTTP. */
export class WeriftClient {
  readonly received: Record<Kind, RtpPacket[]> = { audio: [], video: [] };
  readonly connection: RTCPeerConnection;
  /** Of the session; empty before it has one. */
  location = '';
  status = 0;
  answer = '';
  readonly #tracks = new Map<Kind, MediaStreamTrack>();
  #timer: NodeJS.Timeout | undefined;
  #sequence = 0;

  constructor() {
    this.connection = new RTCPeerConnection({
      codecs,
      headerExtensions: { audio: [useSdesMid()], video: [useSdesMid()] },
      bundlePolicy: 'max-bundle',
      iceServers: [],
      iceUseIpv6: false,
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
  }

  /** Publishes made-up Opus and VP8, 50 packets/s of each. */
  async publish(url: string, headers: Record<string, string> = {}): Promise<this> {
    for (const kind of ['audio', 'video'] as const) {
      const track = new MediaStreamTrack({ kind });
      this.connection.addTransceiver(track, { direction: 'sendonly' });
      this.#tracks.set(kind, track);
    }
    await this.#negotiate(url, headers);
    this.#timer = setInterval(() => this.#send(), 20);
    return this;
  }

  async play(url: string, headers: Record<string, string> = {}): Promise<this> {
    for (const kind of ['audio', 'video'] as const)
      this.connection.addTransceiver(kind, { direction: 'recvonly' });
    this.connection.ontrack = ({ track }) => {
      track.onReceiveRtp.subscribe((packet: RtpPacket) => this.received[track.kind as Kind].push(packet));
    };
    await this.#negotiate(url, headers);
    return this;
  }

  /** Of this side's ICE session. */
  get credentials(): [iceUfrag: string, icePwd: string] {
    return credentialsOf(this.connection.localDescription?.sdp ?? '');
  }

  /** Begins another ICE session, as RFC 9725 section 4.3.3 has it; media goes on over it. */
  async restartIce(): Promise<void> {
    this.connection.restartIce();
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const [iceUfrag, icePwd] = this.credentials;
    const response = await fetch(this.location, {
      method: 'PATCH',
      headers: { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
      body: fragmentOf(iceUfrag, icePwd),
    });
    const fragment = await response.text();
    if (response.status !== 200) throw new Error(`PATCH: ${response.status} ${fragment}`);
    const [ufrag, pwd] = credentialsOf(fragment);
    this.answer = this.answer
      .replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${ufrag}`)
      .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${pwd}`);
    await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer });
  }

  /** Ends without a word to the HTTP side. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.connection.close();
  }

  async #negotiate(url: string, headers: Record<string, string>): Promise<void> {
    await this.connection.setLocalDescription(await this.connection.createOffer());
    const post = () =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/sdp', ...headers },
        body: this.connection.localDescription?.sdp ?? '',
      });
    let response = await post();
    // Nothing is live yet.
    if (response.status === 409)
      await until('something live', async () => (response = await post()).status !== 409);
    this.status = response.status;
    this.answer = await response.text();
    if (response.status !== 201) throw new Error(`POST ${url}: ${response.status} ${this.answer}`);
    this.location = new URL(response.headers.get('location') ?? '', url).href;
    await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer });
  }

  #send(): void {
    this.#sequence += 1;
    for (const [kind, track] of this.#tracks) track.writeRtp(kind === 'audio' ? this.#opus() : this.#vp8());
  }

  #opus(): Buffer {
    return packet(96, this.#sequence, this.#sequence * 960, Buffer.alloc(40, 0xfc));
  }

  /** Every frame a keyframe of one packet, with a picture id. */
  #vp8(): Buffer {
    const payload = Buffer.alloc(60);
    payload.writeUInt8(0x90, 0);
    payload.writeUInt8(0x80, 1);
    payload.writeUInt16BE(0x8000 | (this.#sequence & 0x7fff), 2);
    payload.writeUInt8(0x00, 4);
    return packet(97, this.#sequence, this.#sequence * 1800, payload, true);
  }
}

function credentialsOf(sdp: string): [iceUfrag: string, icePwd: string] {
  const of = (name: string): string => new RegExp(`^a=${name}:(\\S+)`, 'm').exec(sdp)?.[1] ?? '';
  return [of('ice-ufrag'), of('ice-pwd')];
}

function packet(
  payloadType: number,
  sequence: number,
  timestamp: number,
  payload: Buffer,
  marker = false,
): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8((marker ? 0x80 : 0) | payloadType, 1);
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(1, 8);
  return Buffer.concat([header, payload]);
}
