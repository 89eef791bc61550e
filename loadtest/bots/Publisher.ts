import type { Endpoint } from '../endpoint/Endpoint.ts';
import { AudioSender, type AudioMode } from '../media/AudioSender.ts';
import { layersOf } from '../media/clipPlan.ts';
import { describeTrack, type MediaSink } from '../media/mediaSink.ts';
import type { Pacer } from '../media/Pacer.ts';
import { VideoSender } from '../media/VideoSender.ts';
import type { Random } from '../rtp/random.ts';
import type { Group, VideoPlan } from '../scenario/scenario.ts';
import type { Publication, Seat, TrackOffer } from '../targets/Target.ts';
import type { MediaSource } from '../../src/protocol/models.ts';
import type { BotTransport } from './BotTransport.ts';
import { SCREEN_PLAN, type Clips } from './clips.ts';

const AUDIO_BITRATE = 32_000;

export interface PublisherOptions {
  group: Group;
  clips: Clips;
  pacer: Pacer;
  random: Random;
  cname: string;
  /** undefined: of media that is gone. */
  transportOf: (endpoint: Endpoint) => BotTransport | undefined;
}

interface Published {
  publication: Publication;
  sender: AudioSender | VideoSender;
  transport: BotTransport;
  paused: boolean;
}

/** What a bot sends: its microphone, its camera, its screen. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #published = new Map<MediaSource, Published>();
  #seat: Seat | undefined;
  #audioMode: AudioMode;
  /** Counts the starts; what was asked for before the present one is of no use any more. */
  #epoch = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { audio } = options.group;
    this.#audioMode = audio === 'always' ? 'talk' : audio === 'turns' ? 'silent' : 'off';
  }

  /** Publishes what its group does, all at once; rejects with the first that the server refused. */
  async start(seat: Seat): Promise<void> {
    this.stop();
    this.#seat = seat;
    const { audio, video, screen } = this.#options.group;
    await Promise.all([
      audio === 'off' ? undefined : this.#publishAudio(seat, audio === 'muted'),
      video ? this.#publishVideo(seat, 'camera', video) : undefined,
      screen ? this.#publishVideo(seat, 'screen', SCREEN_PLAN) : undefined,
    ]);
  }

  /** Whether it is this bot's turn to speak, for those that take turns. */
  setTurn(speaks: boolean): void {
    if (this.#options.group.audio !== 'turns') return;
    this.#audioMode = speaks ? 'talk' : 'silent';
    const microphone = this.#published.get('microphone')?.sender;
    if (microphone instanceof AudioSender) microphone.setMode(this.#audioMode);
  }

  /** Mutes and unmutes a source that is published. */
  async togglePaused(source: MediaSource): Promise<void> {
    const published = this.#published.get(source);
    if (!published) return;
    const paused = !published.paused;
    published.sender.setPaused(paused);
    try {
      await published.publication.setPaused(paused);
      published.paused = paused;
    } catch (error) {
      // The others do not know, and would miss what does not come.
      published.sender.setPaused(published.paused);
      throw error;
    }
  }

  /** Starts a screen share, or ends the one that is on. */
  async toggleScreen(): Promise<void> {
    const seat = this.#seat;
    const screen = this.#published.get('screen');
    if (!seat) return;
    if (!screen) return this.#publishVideo(seat, 'screen', SCREEN_PLAN);
    screen.sender.setPaused(true);
    try {
      await screen.publication.close();
    } catch (error) {
      screen.sender.setPaused(false);
      throw error;
    }
    if (this.#published.get('screen') === screen) this.#published.delete('screen');
    end(screen);
  }

  /** Sends nothing any more; the publications go with the seat. Idempotent. */
  stop(): void {
    this.#epoch++;
    this.#seat = undefined;
    for (const published of this.#published.values()) end(published);
    this.#published.clear();
  }

  async #publishAudio(seat: Seat, muted: boolean): Promise<void> {
    const { clips, pacer } = this.#options;
    const clip = clips.audio;
    if (!clip) return;
    const epoch = this.#epoch;
    const publication = await seat.publish({
      kind: 'audio',
      source: 'microphone',
      codec: 'opus',
      encodings: [{ ssrc: this.#ssrc(), maxBitrate: AUDIO_BITRATE }],
      cname: this.#options.cname,
      paused: muted,
    });
    const track = describeTrack(publication.rtpParameters);
    this.#add(
      epoch,
      'microphone',
      publication,
      muted,
      (sink) =>
        new AudioSender({ clip, track, sink, pacer, mode: muted ? 'talk' : this.#audioMode, paused: muted }),
    );
  }

  async #publishVideo(seat: Seat, source: MediaSource, plan: VideoPlan): Promise<void> {
    const { clips, pacer, cname } = this.#options;
    const epoch = this.#epoch;
    const offer: TrackOffer = {
      kind: 'video',
      source,
      codec: plan.codec,
      encodings: layersOf(plan).map(({ bitrate }) => ({
        ssrc: this.#ssrc(),
        rtxSsrc: this.#ssrc(),
        maxBitrate: bitrate,
      })),
      cname,
      paused: false,
    };
    const publication = await seat.publish(offer);
    const track = describeTrack(publication.rtpParameters);
    this.#add(
      epoch,
      source,
      publication,
      false,
      (sink) => new VideoSender({ clip: clips.video(plan), track, sink, pacer }),
    );
  }

  #add(
    epoch: number,
    source: MediaSource,
    publication: Publication,
    paused: boolean,
    create: (sink: MediaSink) => AudioSender | VideoSender,
  ): void {
    // The bot left, or its media was reset, while the server answered.
    if (epoch !== this.#epoch) return;
    const { endpoint, rtpParameters } = publication;
    const transport = this.#options.transportOf(endpoint);
    if (!transport) return;
    const sender = create(endpoint);
    const ssrcs = (rtpParameters.encodings ?? []).flatMap(({ ssrc }) => ssrc ?? []);
    transport.addSender(ssrcs, sender);
    this.#published.set(source, { publication, sender, transport, paused });
  }

  #ssrc(): number {
    return 1 + Math.floor(this.#options.random() * 0xffff_fffe);
  }
}

function end({ sender, transport }: Published): void {
  sender.close();
  transport.removeSender(sender);
}
