import { ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import type { MediaKind } from '../../src/protocol/models.ts';
import { Endpoint } from '../endpoint/Endpoint.ts';
import type { Pacer } from '../media/Pacer.ts';
import type { Collector } from '../results/Collector.ts';
import { AccessLink } from '../rtp/AccessLink.ts';
import { seededRandom, type Random } from '../rtp/random.ts';
import type { BotPlan } from '../scenario/planBots.ts';
import type { Group } from '../scenario/scenario.ts';
import type { JoinObserver, Seat, Target } from '../targets/Target.ts';
import { Behaviours } from './Behaviours.ts';
import { BotTransport } from './BotTransport.ts';
import type { Clips } from './clips.ts';
import { Publisher } from './Publisher.ts';
import { isTurn, type Turn } from './turns.ts';
import { Viewer } from './Viewer.ts';

/** ms from having subscribed until the first media of another, before the join counts as failed. */
const FIRST_MEDIA = 10_000;
const REPORT_INTERVAL = 1000;

/** What all bots of a process share. */
export interface BotContext {
  target: Target;
  url: string;
  collector: Collector;
  pacer: Pacer;
  clips: Clips;
  /** Whether everything in the rooms comes from bots of this run, so that a sample can be known. */
  onlyBots: boolean;
}

export type BotState = 'waiting' | 'joining' | 'joined' | 'failed' | 'gone';

/** A participant without a browser, from joining to leaving; it may do so more than once. */
export class Bot {
  readonly plan: BotPlan;
  readonly random: Random;
  readonly #group: Group;
  readonly #turn: Turn | null;
  readonly #context: BotContext;
  readonly #abort = new AbortController();
  readonly #transports = new Map<Endpoint, BotTransport>();
  readonly #link: AccessLink;
  #seat: Seat | undefined;
  #publisher: Publisher | undefined;
  #viewer: Viewer | undefined;
  #behaviours: Behaviours | undefined;
  #state: BotState = 'waiting';
  #openedAt = 0;
  /** Called with the first media of a kind, or of any, that is waited for. */
  #onMedia: (() => void) | undefined;
  #seen = new Set<MediaKind>();
  #recoveringSince: number | undefined;
  #reportedAt = performance.now();
  #reportDue: number;
  #errors = 0;
  /** Whether it is away on purpose. */
  #away = false;

  constructor(plan: BotPlan, group: Group, turn: Turn | null, context: BotContext) {
    this.plan = plan;
    this.random = seededRandom(plan.seed);
    this.#group = group;
    this.#turn = turn;
    this.#context = context;
    this.#link = new AccessLink(group.network, this.random);
    this.#reportDue = performance.now() + this.random() * REPORT_INTERVAL;
  }

  get state(): BotState {
    return this.#state;
  }

  /** The ports of its sockets, as /proc/net/udp has them. */
  get ports(): number[] {
    return [...this.#transports.keys()].flatMap((endpoint) => (endpoint.closed ? [] : endpoint.port));
  }

  /** Joins, publishes and subscribes; never rejects, but tells the collector. */
  async join(): Promise<void> {
    const { collector } = this.#context;
    collector.count('joinTried');
    this.#state = 'joining';
    this.#openedAt = performance.now();
    this.#seen = new Set();
    this.#errors = 0;
    try {
      await this.#enter();
      if (this.#abort.signal.aborted) return;
      this.#state = 'joined';
      collector.count('joinDone');
      collector.room(this.plan.room).joined++;
      collector.observe('join', performance.now() - this.#openedAt);
      this.#behaviours = new Behaviours(this, this.#group.behaviour, this.random);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      if (this.#errors === 0) this.#error(this.#seat ? 'media' : 'connect', error);
      this.#state = 'failed';
      collector.count('joinFailed');
      collector.room(this.plan.room).failed++;
      this.#dismiss();
      this.#seat?.vanish();
    }
  }

  /** Does what is due: every 20 to 50 ms. */
  tick(now: number): void {
    for (const transport of this.#transports.values()) transport.tick(now);
    if (this.#turn) this.#publisher?.setTurn(isTurn(this.#turn));
    if (now < this.#reportDue) return;
    this.#reportDue = now + REPORT_INTERVAL;
    const seconds = Math.max(now - this.#reportedAt, 1) / 1000;
    this.#reportedAt = now;
    for (const transport of this.#transports.values()) transport.report(now, seconds);
  }

  async chat(): Promise<void> {
    await this.#seat?.chat(`hello from ${this.plan.name}`);
  }

  async toggleMute(): Promise<void> {
    await this.#publisher?.togglePaused('microphone');
  }

  async toggleCamera(): Promise<void> {
    await this.#publisher?.togglePaused('camera');
  }

  async toggleScreen(): Promise<void> {
    await this.#publisher?.toggleScreen();
  }

  async switchTile(): Promise<void> {
    await this.#viewer?.switchTile(this.random);
  }

  turnPage(): void {
    this.#viewer?.turnPage();
  }

  requestKeyFrames(): void {
    this.#viewer?.requestKeyFrames();
  }

  /** As a pulled cable, for so many ms; how long it takes from its return until media flows is the recovery. */
  async dropNetwork(ms: number): Promise<void> {
    if (!this.#seat || this.#away || this.#state !== 'joined') return;
    this.#away = true;
    const back = setTimeout(() => {
      this.#away = false;
      this.#recover();
    }, ms);
    try {
      await this.#seat.dropNetwork(ms);
    } catch (error) {
      clearTimeout(back);
      this.#away = false;
      this.#error('dropNetwork', error);
    }
  }

  /** Loses its signaling connection alone. */
  async dropSocket(): Promise<void> {
    await this.#seat?.dropSocket?.();
  }

  /** Leaves, with or without a goodbye, and comes back as somebody new. */
  async rejoin(goodbye: boolean): Promise<void> {
    if (this.#state !== 'joined') return;
    this.#state = 'waiting';
    await this.#goAway(goodbye);
    if (!this.#abort.signal.aborted) await this.join();
  }

  /** Leaves for good. Idempotent. */
  async stop(): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    if (this.#state !== 'failed') this.#state = 'gone';
    await this.#goAway(true);
  }

  async #enter(): Promise<void> {
    const { target, url, clips, pacer, collector } = this.#context;
    const { room, name } = this.plan;
    const seat = await target.join({
      url,
      room,
      name,
      observer: this.#observer(),
      signal: this.#abort.signal,
      transportCc: this.#group.subscribe.transportCc ?? true,
      createEndpoint: () => this.#createEndpoint(),
    });
    this.#seat = seat;
    if (this.#abort.signal.aborted) {
      await seat.leave();
      return;
    }
    const transportOf = (endpoint: Endpoint): BotTransport => {
      const transport = this.#transports.get(endpoint);
      if (!transport) throw unavailable('the transport is gone');
      return transport;
    };
    const publisher = new Publisher({
      group: this.#group,
      clips,
      pacer,
      random: this.random,
      cname: name,
      transportOf,
    });
    const viewer = new Viewer({
      plan: this.#group.subscribe,
      room,
      collector,
      transportOf,
      onFirstMedia: (kind) => this.#firstMedia(kind),
    });
    this.#publisher = publisher;
    this.#viewer = viewer;
    seat.on('mediaReset', () => void this.#rebuild(seat));
    seat.on('lost', (reason) => this.#lost(reason));
    await Promise.all([publisher.start(seat), viewer.start(seat)]);
    if (viewer.expected().length > 0) await this.#awaitMedia();
  }

  async #createEndpoint(): Promise<Endpoint> {
    const { collector, clips, onlyBots } = this.#context;
    // Those of a media epoch that is over.
    for (const endpoint of [...this.#transports.keys()])
      if (endpoint.closed) this.#transports.delete(endpoint);
    const link = this.#link;
    const endpoint = await Endpoint.open({
      onRoundTrip: (took) => this.#transports.get(endpoint)?.roundTrip(took),
      ...(this.#group.network.uplinkLoss ? { losesUplink: () => !link.departs() } : {}),
    });
    const ssrc = 1 + Math.floor(this.random() * 0xffff_fffe);
    const digests = onlyBots ? clips.digests : null;
    this.#transports.set(endpoint, new BotTransport({ endpoint, link, collector, ssrc, digests }));
    return endpoint;
  }

  #observer(): JoinObserver {
    const { collector } = this.#context;
    return {
      signaling: (took) => collector.observe('join.signaling', took),
      ice: (took) => collector.observe('join.ice', took),
      dtls: (took) => collector.observe('join.dtls', took),
      request: (name, took) => {
        // Everybody leaves at once at the end, which is no load that anybody asked for.
        if (name !== 'leave') collector.observe('request.time', took);
      },
      error: (phase, code, message) => {
        if (this.#abort.signal.aborted || this.#away) return;
        this.#errors++;
        collector.count('requestErrors');
        collector.error(phase, code, message);
      },
    };
  }

  #firstMedia(kind: MediaKind): void {
    const { collector } = this.#context;
    if (!this.#seen.has(kind) && this.#state === 'joining') {
      this.#seen.add(kind);
      collector.observe(kind === 'audio' ? 'join.audio' : 'join.video', performance.now() - this.#openedAt);
    }
    if (this.#recoveringSince !== undefined && !this.#away) {
      collector.observe('recovery', performance.now() - this.#recoveringSince);
      this.#recoveringSince = undefined;
    }
    this.#onMedia?.();
  }

  async #awaitMedia(): Promise<void> {
    if (this.#seen.size > 0) return;
    let giveUp: NodeJS.Timeout | undefined;
    let aborted: (() => void) | undefined;
    const { signal } = this.#abort;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#onMedia = resolve;
        aborted = (): void => reject(unavailable('the run ended'));
        signal.addEventListener('abort', aborted, { once: true });
        giveUp = setTimeout(
          () => reject(timeout(`no media of others within ${FIRST_MEDIA} ms`)),
          FIRST_MEDIA,
        );
      });
    } finally {
      clearTimeout(giveUp);
      if (aborted) signal.removeEventListener('abort', aborted);
      this.#onMedia = undefined;
    }
  }

  /** After a media reset: everything anew, on new transports. */
  async #rebuild(seat: Seat): Promise<void> {
    if (this.#abort.signal.aborted || seat !== this.#seat) return;
    this.#recover();
    try {
      await Promise.all([this.#publisher?.start(seat), this.#viewer?.restart()]);
    } catch {
      // Reported by the request that failed.
    }
  }

  #recover(): void {
    if (!this.#viewer || this.#viewer.expected().length === 0) return;
    this.#recoveringSince ??= performance.now();
    this.#viewer.awaitMedia();
  }

  #lost(reason: string): void {
    if (this.#abort.signal.aborted) return;
    const { collector } = this.#context;
    this.#dismiss();
    // While it joins, the failing join tells.
    if (this.#state !== 'joined') return;
    this.#state = 'failed';
    collector.count('lost');
    collector.error('inRoom', 'lost', reason);
  }

  #error(phase: string, error: unknown): void {
    const code = error instanceof ParleyError ? error.code : 'internal';
    this.#context.collector.error(phase, code, error instanceof Error ? error.message : String(error));
  }

  async #goAway(goodbye: boolean): Promise<void> {
    const seat = this.#seat;
    this.#seat = undefined;
    this.#dismiss();
    if (goodbye) await seat?.leave();
    else seat?.vanish();
    for (const endpoint of this.#transports.keys()) endpoint.close();
    this.#transports.clear();
  }

  /** Ends whatever it does in the room. */
  #dismiss(): void {
    this.#behaviours?.stop();
    this.#viewer?.stop();
    this.#publisher?.stop();
    const now = performance.now();
    for (const transport of this.#transports.values()) transport.report(now, 1);
  }
}
