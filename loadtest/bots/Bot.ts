import { ParleyError, unavailable } from '../../src/support/errors.ts';
import type { Endpoint } from '../endpoint/Endpoint.ts';
import { seededRandom, type Random } from '../rtp/random.ts';
import type { BotPlan } from '../scenario/planBots.ts';
import type { Group } from '../scenario/scenario.ts';
import type { Seat } from '../targets/Target.ts';
import { Absence } from './Absence.ts';
import { Behaviours } from './Behaviours.ts';
import type { BotContext } from './botContext.ts';
import type { BotTransport } from './BotTransport.ts';
import { BotTransports } from './BotTransports.ts';
import { followMedia } from './followMedia.ts';
import { Gaps } from './Gaps.ts';
import { joinAnew } from './joinAnew.ts';
import { MediaWatch } from './MediaWatch.ts';
import { observeJoin } from './observeJoin.ts';
import { Onsets } from './Onsets.ts';
import { Publisher } from './Publisher.ts';
import type { Turn } from './turns.ts';
import { Viewer } from './Viewer.ts';

const REPORT_INTERVAL = 1000;

export type BotState = 'waiting' | 'joining' | 'joined' | 'failed' | 'gone';

/** A participant without a browser, from joining to leaving; it may do so more than once. */
export class Bot {
  readonly plan: BotPlan;
  readonly random: Random;
  /** What it missed of whom since it was made, or since `gaps.restart`. */
  readonly gaps = new Gaps();
  readonly #group: Group;
  readonly #turn: Turn | null;
  readonly #context: BotContext;
  readonly #abort = new AbortController();
  readonly #transports: BotTransports;
  readonly #media: MediaWatch;
  readonly #onsets: Onsets;
  #seat: Seat | undefined;
  #publisher: Publisher | undefined;
  #viewer: Viewer | undefined;
  #behaviours: Behaviours | undefined;
  #state: BotState = 'waiting';
  #reportDue: number;
  #errors = 0;
  readonly #away = new Absence();
  #wasIn = false;

  /** @param talkers Display names of those in its room that speak in turns, in their order. */
  constructor(
    plan: BotPlan,
    group: Group,
    turn: Turn | null,
    context: BotContext,
    talkers: readonly string[] = [],
  ) {
    this.plan = plan;
    this.random = seededRandom(plan.seed);
    this.#group = group;
    this.#turn = turn;
    this.#context = context;
    const { collector, clips, onlyBots, deadline } = context;
    this.#media = new MediaWatch(collector, deadline);
    this.#onsets = new Onsets(talkers, collector);
    this.#transports = new BotTransports({
      network: group.network,
      random: this.random,
      collector,
      digests: onlyBots ? clips.digests : null,
      ...(deadline === undefined ? {} : { deadline }),
    });
    this.#reportDue = performance.now() + this.random() * REPORT_INTERVAL;
  }

  get state(): BotState {
    return this.#state;
  }

  /** The ports of its sockets, as /proc/net/udp has them. */
  get ports(): number[] {
    return this.#transports.ports;
  }

  /** Who is in the room and what they publish, as it was told; undefined while it has no place. */
  get seen(): Pick<Seat, 'participants' | 'tracks'> | undefined {
    return this.#seat;
  }

  /** Joins, publishes and subscribes; never rejects, but tells the collector. */
  async join(): Promise<void> {
    const { collector } = this.#context;
    collector.count('joinTried');
    this.#state = 'joining';
    this.#media.open(performance.now());
    this.#errors = 0;
    try {
      await this.#enter();
      if (this.#abort.signal.aborted) return;
      this.#state = 'joined';
      collector.count('joinDone');
      // Somebody who comes again is nobody else.
      if (!this.#wasIn) collector.room(this.plan.room).joined++;
      this.#wasIn = true;
      const expected = new Set(this.#viewer?.expected().map(({ kind }) => kind));
      collector.observe('join', this.#media.joined(performance.now(), expected));
      this.#behaviours = new Behaviours(this, this.#group.behaviour, this.random);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      if (this.#errors === 0) this.#error(this.#seat ? 'media' : 'connect', error);
      this.#state = 'failed';
      collector.count('joinFailed');
      collector.room(this.plan.room).failed++;
      await this.#goAway(false);
    }
  }

  /** Does what is due: every 20 to 50 ms. */
  tick(now: number): void {
    this.#transports.tick(now);
    this.#publisher?.tick();
    this.#onsets.tick((name) => (this.#away.lasts ? undefined : this.#viewer?.microphoneOf(name)));
    if (now < this.#reportDue) return;
    this.#reportDue = now + REPORT_INTERVAL;
    this.#media.tick(now, (this.#viewer?.expected().length ?? 0) > 0);
    this.#transports.report(now);
  }

  async chat(): Promise<void> {
    if (!this.#away.lasts) await this.#seat?.chat(`hello from ${this.plan.name}`);
  }

  async toggleMute(): Promise<void> {
    if (!this.#away.lasts) await this.#publisher?.togglePaused('microphone');
  }

  async toggleCamera(): Promise<void> {
    if (!this.#away.lasts) await this.#publisher?.togglePaused('camera');
  }

  async toggleScreen(): Promise<void> {
    if (!this.#away.lasts) await this.#publisher?.toggleScreen();
  }

  async switchTile(): Promise<void> {
    if (!this.#away.lasts) await this.#viewer?.switchTile(this.random);
  }

  turnPage(): void {
    if (!this.#away.lasts) this.#viewer?.turnPage();
  }

  requestKeyFrames(): void {
    this.#viewer?.requestKeyFrames();
  }

  /** As a pulled cable, for so many ms; how long it takes from its return until media flows is the recovery. */
  async dropNetwork(ms: number): Promise<void> {
    const seat = this.#seat;
    if (!seat || this.#away.lasts || this.#state !== 'joined') return;
    this.#away.begin(ms, () => this.#recover());
    try {
      await seat.dropNetwork(ms);
    } catch (error) {
      if (seat !== this.#seat) return;
      this.#away.end();
      this.#error('dropNetwork', error);
    }
  }

  /** Loses its signaling connection alone. */
  async dropSocket(): Promise<void> {
    await this.#seat?.dropSocket?.();
  }

  /** Leaves, with or without a goodbye, and comes back as somebody new. */
  async rejoin(goodbye: boolean): Promise<void> {
    // Nobody can say goodbye without a network.
    if (this.#state !== 'joined' || this.#away.lasts) return;
    this.#state = 'waiting';
    await this.#goAway(goodbye);
    if (!this.#abort.signal.aborted) await this.join();
  }

  /** Leaves for good. Idempotent. */
  async stop(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    if (this.#state === 'joined' && !this.#away.lasts && this.#seat?.isInterrupted)
      this.#lost('the connection was lost, and not back at the end', false);
    this.#abort.abort();
    this.#media.fail(unavailable('the run ended'));
    if (this.#state !== 'failed') this.#state = 'gone';
    await this.#goAway(true);
  }

  async #enter(): Promise<void> {
    const { target, url, collector, deadline } = this.#context;
    const { room, name } = this.plan;
    const { signal } = this.#abort;
    const seat = await target.join({
      url,
      room,
      name,
      observer: observeJoin(
        collector,
        () => !this.#abort.signal.aborted && !this.#away.lasts,
        () => this.#errors++,
      ),
      signal,
      transportCc: this.#group.subscribe.transportCc ?? true,
      createEndpoint: () => this.#transports.open(),
      ...(deadline === undefined ? {} : { deadline }),
    });
    this.#seat = seat;
    if (signal.aborted) {
      await seat.leave();
      return;
    }
    const transportOf = (endpoint: Endpoint): BotTransport | undefined => this.#transports.of(endpoint);
    const publisher = (this.#publisher = new Publisher({
      ...this.#context,
      group: this.#group,
      turn: this.#turn,
      random: this.random,
      cname: name,
      transportOf,
    }));
    const viewer: Viewer = (this.#viewer = new Viewer({
      plan: this.#group.subscribe,
      bot: this.plan,
      collector,
      onsets: this.#onsets,
      gaps: this.gaps,
      transportOf,
      onFirstMedia: (kind) => !this.#away.lasts && this.#media.arrived(kind, performance.now()),
      onLess: () => viewer.expected().length === 0 && this.#media.excuse(),
    }));
    followMedia(seat, {
      publisher,
      viewer,
      isOver: () => signal.aborted || seat !== this.#seat,
      onLost: () => this.#state === 'joined' && this.#media.hasSeen && this.#media.recover(performance.now()),
    });
    seat.on('lost', (reason, isForgotten = false) => this.#lost(reason, isForgotten));
    await Promise.all([publisher.start(seat), viewer.start(seat)]);
    if (viewer.expected().length > 0) await this.#media.first();
  }

  #recover(): void {
    if (!this.#viewer || this.#viewer.expected().length === 0) return;
    this.#media.recover(performance.now());
    this.#viewer.awaitMedia();
  }

  #lost(reason: string, isForgotten: boolean): void {
    if (this.#abort.signal.aborted) return;
    const { collector } = this.#context;
    this.#dismiss();
    this.#media.fail(unavailable(reason));
    // While it joins, the failing join tells.
    if (this.#state !== 'joined') return;
    this.#state = 'failed';
    collector.count('lost');
    collector.error('inRoom', 'lost', reason);
    if (!isForgotten) return;
    void joinAnew(async () => {
      if (this.#abort.signal.aborted) return false;
      await this.#goAway(false);
      await this.join();
      return this.#state === 'failed';
    }, this.#context.deadline);
  }

  #error(phase: string, error: unknown): void {
    const code = error instanceof ParleyError ? error.code : 'internal';
    this.#context.collector.error(phase, code, error instanceof Error ? error.message : String(error));
  }

  async #goAway(goodbye: boolean): Promise<void> {
    const seat = this.#seat;
    this.#seat = undefined;
    this.#away.end();
    this.#dismiss();
    if (goodbye) await seat?.leave();
    else seat?.vanish();
    this.#transports.close();
  }

  /** Ends whatever it does in the room. */
  #dismiss(): void {
    this.#behaviours?.stop();
    this.#viewer?.stop();
    this.#publisher?.stop();
    this.#transports.report(performance.now());
  }
}
