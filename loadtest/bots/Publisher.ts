import type { Endpoint } from '../endpoint/Endpoint.ts';
import { AudioSender, type AudioMode } from '../media/AudioSender.ts';
import { layersOf } from '../media/clipPlan.ts';
import { describeTrack, type MediaSink } from '../media/mediaSink.ts';
import type { Pacer } from '../media/Pacer.ts';
import { VideoSender } from '../media/VideoSender.ts';
import type { Collector } from '../results/Collector.ts';
import type { Random } from '../rtp/random.ts';
import type { Group, VideoPlan } from '../scenario/scenario.ts';
import type { Publication, Seat, TrackOffer } from '../targets/Target.ts';
import type { MediaSource } from '../../src/protocol/models.ts';
import type { BotTransport } from './BotTransport.ts';
import { SCREEN_PLAN, type Clips } from './clips.ts';
import { isTurn, nextTurn, type Turn } from './turns.ts';

const AUDIO_BITRATE = 32_000;

export interface PublisherOptions {
  group: Group;
  /** null: it takes none. */
  turn: Turn | null;
  clips: Clips;
  pacer: Pacer;
  random: Random;
  cname: string;
  collector: Collector;
  /** undefined: of media that is gone. */
  transportOf: (endpoint: Endpoint) => BotTransport | undefined;
}

interface Published {
  publication: Publication;
  sender: AudioSender | VideoSender;
  transport: BotTransport;
  paused: boolean;
}

interface Addition {
  epoch: number;
  source: MediaSource;
  publication: Publication;
  paused: boolean;
  /** What it takes the place of. */
  former: Published | undefined;
  create: (sink: MediaSink) => AudioSender | VideoSender;
}

/** What a bot sends: its microphone, its camera, its screen. */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #published = new Map<MediaSource, Published>();
  /** What others take the place of, on the transports that the bot moves away from. */
  readonly #former = new Map<MediaSource, Published>();
  /** How many layers anybody needs, by publication; what is told may come before the publication. */
  readonly #needed = new Map<string, number>();
  #seat: Seat | undefined;
  /** Whose wishes about layers are heard. */
  #heeded: Seat | undefined;
  #audioMode: AudioMode;
  /** Counts the starts; what was asked for before the present one is of no use any more. */
  #epoch = 0;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { audio } = options.group;
    if (audio === 'always') this.#audioMode = this.#isNoisy ? 'noise' : 'talk';
    else this.#audioMode = audio === 'turns' ? this.#pause : 'off';
  }

  /** Publishes what its group does, all at once; rejects with the first that the server refused. */
  async start(seat: Seat): Promise<void> {
    this.stop();
    this.#seat = seat;
    if (this.#options.group.publish?.dynacast !== false && seat !== this.#heeded) {
      this.#heeded = seat;
      seat.on('layersNeeded', (publicationId, layers) => this.#setNeeded(publicationId, layers));
    }
    this.#scheduleTurn();
    const { audio, video, screen } = this.#options.group;
    await Promise.all([
      audio === 'off' ? undefined : this.#publishAudio(seat, audio === 'muted'),
      video ? this.#publishVideo(seat, 'camera', video) : undefined,
      screen ? this.#publishVideo(seat, 'screen', SCREEN_PLAN) : undefined,
    ]);
  }

  /**
   * Publishes everything on new transports as well, in the place of what is published so far, which is sent on until
   * `moved`. Rejects with the first that the server refused.
   */
  async moveTo(seat: Seat): Promise<void> {
    const { video } = this.#options.group;
    await Promise.all(
      [...this.#published].map(async ([source, former]) => {
        const plan = source === 'camera' ? video : SCREEN_PLAN;
        if (source === 'microphone') await this.#publishAudio(seat, former.paused, former);
        else if (plan) await this.#publishVideo(seat, source, plan, former);
      }),
    );
  }

  /** What was published before `moveTo` is sent no more. */
  moved(): void {
    for (const former of this.#former.values()) end(former);
    this.#former.clear();
  }

  /** What was published before `moveTo` is all that is. */
  goBack(): void {
    for (const [source, published] of [...this.#published]) {
      if (!published.publication.endpoint.closed) continue;
      end(published);
      this.#published.delete(source);
    }
    for (const [source, former] of this.#former) this.#published.set(source, former);
    this.#former.clear();
  }

  /** Speaks when it is its turn: every 50 ms or so. */
  tick(): void {
    const { turn } = this.#options;
    if (turn) this.#setTurn(isTurn(turn));
  }

  #setTurn(speaks: boolean): void {
    this.#audioMode = speaks ? 'speak' : this.#pause;
    for (const published of [this.#former, this.#published]) {
      const microphone = published.get('microphone')?.sender;
      if (microphone instanceof AudioSender) microphone.setMode(this.#audioMode);
    }
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
    this.moved();
    for (const published of this.#published.values()) end(published);
    this.#published.clear();
    this.#needed.clear();
  }

  /** Begins to speak on time, because the others measure how soon they hear it. */
  #scheduleTurn(): void {
    const { turn, pacer } = this.#options;
    const epoch = this.#epoch;
    if (!turn) return;
    pacer.schedule(nextTurn(turn, pacer.now()), (_due, now) => {
      if (epoch !== this.#epoch) return null;
      this.#setTurn(isTurn(turn, now));
      return nextTurn(turn, now);
    });
  }

  get #isNoisy(): boolean {
    return this.#options.group.publish?.loudness === 'noise';
  }

  /** What its microphone sends while others have their turn. */
  get #pause(): AudioMode {
    return this.#isNoisy ? 'noise' : 'silent';
  }

  #setNeeded(publicationId: string, layers: number): void {
    const before = this.#needed.get(publicationId);
    this.#needed.set(publicationId, layers);
    for (const { publication, sender } of this.#published.values())
      if (publication.publicationId === publicationId && sender instanceof VideoSender)
        this.#limit(sender, before ?? sender.layers, layers);
  }

  #limit(sender: VideoSender, before: number, needed: number): void {
    const now = Math.min(needed, sender.layers);
    const change = now - Math.min(before, sender.layers);
    this.#options.collector.count(change < 0 ? 'layersSwitchedOff' : 'layersSwitchedOn', Math.abs(change));
    sender.setLayersActive(now);
  }

  async #publishAudio(seat: Seat, paused: boolean, former?: Published): Promise<void> {
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
      paused,
      ...replacing(former),
    });
    const track = describeTrack(publication.rtpParameters);
    const mode = this.#options.group.audio === 'muted' ? 'talk' : this.#audioMode;
    const create = (sink: MediaSink): AudioSender =>
      new AudioSender({ clip, track, sink, pacer, mode, paused });
    await this.#add({ epoch, source: 'microphone', publication, paused, former, create });
  }

  async #publishVideo(seat: Seat, source: MediaSource, plan: VideoPlan, former?: Published): Promise<void> {
    const { clips, pacer, cname } = this.#options;
    const epoch = this.#epoch;
    const paused = former?.paused ?? false;
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
      size: sizeOf(plan),
      paused,
      ...replacing(former),
    };
    const publication = await seat.publish(offer);
    const track = describeTrack(publication.rtpParameters);
    const create = (sink: MediaSink): VideoSender =>
      new VideoSender({ clip: clips.video(plan), track, sink, pacer, paused });
    await this.#add({ epoch, source, publication, paused, former, create });
  }

  async #add({ epoch, source, publication, paused, former, create }: Addition): Promise<void> {
    // The bot left, or its media was reset, while the server answered.
    if (epoch !== this.#epoch) return;
    // What it was to take the place of is not wanted any more.
    if (former && this.#published.get(source) !== former) return publication.close();
    const { endpoint, rtpParameters } = publication;
    const transport = this.#options.transportOf(endpoint);
    if (!transport || endpoint.closed) return;
    const sender = create(endpoint);
    const ssrcs = (rtpParameters.encodings ?? []).flatMap(({ ssrc }) => ssrc ?? []);
    transport.addSender(ssrcs, sender);
    const needed = this.#needed.get(publication.publicationId);
    if (needed !== undefined && sender instanceof VideoSender) this.#limit(sender, sender.layers, needed);
    this.#published.set(source, { publication, sender, transport, paused });
    if (!former) return;
    this.#former.set(source, former);
    // It was muted, or not any more, while the server answered.
    if (former.paused !== paused) await this.togglePaused(source);
  }

  #ssrc(): number {
    return 1 + Math.floor(this.#options.random() * 0xffff_fffe);
  }
}

function replacing(former: Published | undefined): Pick<TrackOffer, 'replaces'> {
  return former ? { replaces: former.publication.publicationId } : {};
}

function sizeOf(plan: VideoPlan): { width: number; height: number } {
  const { width = 0, height = 0 } = layersOf(plan).at(-1) ?? {};
  return { width, height };
}

function end({ sender, transport }: Published): void {
  sender.close();
  transport.removeSender(sender);
}
