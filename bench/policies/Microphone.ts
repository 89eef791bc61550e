import { randomBytes } from 'node:crypto';
import { Endpoint } from '../../loadtest/endpoint/Endpoint.ts';
import { AudioClip } from '../../loadtest/media/AudioClip.ts';
import { AudioSender } from '../../loadtest/media/AudioSender.ts';
import { describeTrack } from '../../loadtest/media/mediaSink.ts';
import type { Pacer } from '../../loadtest/media/Pacer.ts';
import { ParleyTransport } from '../../loadtest/targets/ParleyTransport.ts';
import type { JoinObserver } from '../../loadtest/targets/Target.ts';
import type { RtpParameters, TransportInfo } from '../../src/protocol/models.ts';

/** Opus, 20 ms of CELT in full band, one frame (RFC 6716 section 3.1). */
const TOC = 31 << 3;

/** Nobody listens: what counts is that packets come, and how loud they say that they are. */
const clip = new AudioClip(
  1,
  Array.from({ length: 50 }, () => Buffer.concat([Buffer.from([TOC]), randomBytes(60)])),
);

const observer: JoinObserver = {
  signaling: () => undefined,
  ice: () => undefined,
  dtls: () => undefined,
  request: () => undefined,
  error: (phase, code, message) => console.log(`a microphone does not connect: ${phase} ${code} ${message}`),
};

/** A microphone whose packets really come, over ICE, DTLS and SRTP: noise, and a voice while it is spoken into. */
export class Microphone {
  readonly #transport: ParleyTransport;
  readonly #sender: AudioSender;

  private constructor(transport: ParleyTransport, sender: AudioSender) {
    this.#transport = transport;
    this.#sender = sender;
  }

  static async open(
    info: TransportInfo,
    rtpParameters: RtpParameters,
    pacer: Pacer,
    announce: (transportId: string, fingerprint: string) => Promise<void>,
  ): Promise<Microphone> {
    const transport = new ParleyTransport({
      info,
      observer,
      announce,
      createEndpoint: () => Endpoint.open(),
    });
    const sink = await transport.connected();
    const track = describeTrack(rtpParameters);
    return new Microphone(transport, new AudioSender({ clip, track, sink, pacer, mode: 'noise' }));
  }

  speak(isSpeaking: boolean): void {
    this.#sender.setMode(isSpeaking ? 'talk' : 'noise');
  }

  close(): void {
    this.#sender.close();
    this.#transport.close();
  }
}
