import type { PeerRole } from '../../../src/protocol/conduct.ts';
import type { MediaSource } from '../../../src/protocol/models.ts';
import type { PeerState } from '../../lib/publicTypes.ts';
import type { SessionClient } from '../RoomSession.ts';
import { text } from '../text.ts';
import type { ConductAct } from './acts.ts';
import { FileShelf } from './FileShelf.ts';
import type { FileView } from './fileViews.ts';

/** A reaction that is on the screen. */
export interface ShownReaction {
  id: number;
  reaction: string;
  name: string;
  /** Whose tile it belongs to. */
  peerId: string;
}

/** What happens in a call besides the room's state; another object after every change. */
export interface CallView {
  reactions: readonly ShownReaction[];
  /** Who wants to hear this person; null: nobody asks. */
  unmuteAsked: string | null;
  files: readonly FileView[];
}

export interface CallConductReports {
  changed: () => void;
  /** Something that a notice is worth. */
  told: (sentence: string) => void;
  failed: (error: unknown) => void;
  /** Has the person be heard. */
  unmute: () => Promise<void>;
  /** The person changes the microphone at this moment. */
  isMuting: () => boolean;
}

/** ms that a reaction is on the screen. */
const REACTION_STAYS = 4000;
/** Reactions on the screen; the oldest give way. */
const MOST_REACTIONS = 24;

/** What tells by itself that it failed, beside its button. */
const SHOWN_THERE: ReadonlySet<ConductAct['do']> = new Set(['changeSettings', 'sendFile', 'acceptFile']);

export const NO_CALL: CallView = { reactions: [], unmuteAsked: null, files: [] };

/** Who does what in one stay: does what the person asks for, and keeps what others did that is to be seen for a while. */
export class CallConduct {
  readonly #client: SessionClient;
  readonly #reports: CallConductReports;
  readonly #shelf = new FileShelf(() => this.#show({}));
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  readonly #unlisten: readonly (() => void)[];
  #view = NO_CALL;
  #lastId = 0;

  constructor(client: SessionClient, reports: CallConductReports) {
    this.#client = client;
    this.#reports = reports;
    this.#unlisten = this.#listen();
  }

  get view(): CallView {
    return this.#view;
  }

  /** What failed is reported, unless it is shown where it was asked for. @throws ParleyError as the SDK's call. */
  async do(act: ConductAct): Promise<void> {
    try {
      await this.#do(act);
    } catch (error) {
      if (!SHOWN_THERE.has(act.do)) this.#reports.failed(error);
      throw error;
    }
  }

  async #do(act: ConductAct): Promise<void> {
    const client = this.#client;
    const { moderation, state } = client;
    switch (act.do) {
      case 'toggleHand':
        return isUp(state.peers) ? client.lowerHand() : client.raiseHand();
      case 'react':
        return client.react(act.reaction);
      case 'lowerHand':
      case 'handOver':
      case 'askToUnmute':
      case 'remove':
        return moderation[act.do](act.peerId);
      case 'lowerAllHands':
      case 'muteEveryone':
      case 'endForAll':
        return moderation[act.do]();
      case 'setRole':
        return moderation.setRole(act.peerId, act.role);
      case 'mute':
        return moderation.mute(act.peerId, act.source);
      case 'spotlight': {
        const others = state.spotlight.map(({ peerId }) => peerId).filter((peerId) => peerId !== act.peerId);
        return moderation.setSpotlight(act.on ? [...others, act.peerId] : others);
      }
      case 'admit':
      case 'deny':
        return moderation[act.do](act.knockId);
      case 'admitAll':
      case 'denyAll':
        await moderation[act.do]();
        return;
      case 'changeSettings':
        await moderation.changeSettings(act.change);
        return;
      case 'answerUnmute':
        this.#show({ unmuteAsked: null });
        return act.unmute ? this.#reports.unmute() : undefined;
      case 'sendFile':
        return this.#sendFile(act.file, act.to);
      case 'acceptFile':
        return this.#shelf.accept(act.id);
      case 'declineFile':
        this.#shelf.decline(act.id);
        return;
      case 'cancelFile':
        this.#shelf.cancel(act.id);
        return;
      case 'forgetFile':
        this.#shelf.forget(act.id);
    }
  }

  /** Idempotent. */
  close(): void {
    for (const unlisten of this.#unlisten) unlisten();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#shelf.close();
  }

  async #sendFile(file: File, to: readonly string[] | undefined): Promise<void> {
    const { state } = this.#client;
    const names = new Map(state.peers.map(({ peerId, name }) => [peerId, name]));
    const sent = await this.#client.sendFile(file, to === undefined ? {} : { to });
    this.#shelf.sent(sent, names, this.#newestMessage);
  }

  #listen(): (() => void)[] {
    const client = this.#client;
    const { told } = this.#reports;
    const heard = (source: MediaSource, { isLocal }: PeerState): void => {
      if (isLocal && source === 'microphone') this.#show({ unmuteAsked: null });
    };
    let hands = client.state.hands;
    let waiting = client.state.waiting;
    return [
      client.on('reaction', (reaction, peer) => {
        if (peer) this.#react(reaction, peer);
      }),
      client.on('unmuteAsked', (by) => this.#show({ unmuteAsked: by?.name ?? text.aHost })),
      client.on('trackUnmuted', ({ source }, peer) => heard(source, peer)),
      client.on('trackPublished', ({ source, paused }, peer) => {
        if (!paused) heard(source, peer);
      }),
      client.on('trackMuted', ({ source }, peer) => {
        if (peer.isLocal && source === 'microphone' && !this.#reports.isMuting()) told(text.mutedByHost);
      }),
      client.on('handsChanged', (now) => {
        const before = new Set(hands.map(({ peerId }) => peerId));
        hands = now;
        for (const { peerId, name, isLocal } of now)
          if (!isLocal && !before.has(peerId)) told(text.raisedHand(name));
      }),
      client.on('waitingChanged', (now) => {
        const before = new Set(waiting.map(({ knockId }) => knockId));
        waiting = now;
        for (const { knockId, name } of now) if (!before.has(knockId)) told(text.knocks(name));
      }),
      client.on('roleChanged', (role) => told(roleText(role))),
      client.on('fileOffered', (file) => {
        const sender = client.state.peers.find(({ peerId }) => peerId === file.from);
        this.#shelf.offered(file, sender?.name ?? text.guest, this.#newestMessage);
        told(text.fileOffered(sender?.name ?? text.guest, file.name));
      }),
    ];
  }

  get #newestMessage(): string | null {
    return this.#client.state.chat.at(-1)?.messageId ?? null;
  }

  #react(reaction: string, { peerId, name, isLocal }: PeerState): void {
    const id = (this.#lastId += 1);
    const shown = { id, reaction, peerId, name: isLocal ? text.you : name };
    this.#show({ reactions: [...this.#view.reactions, shown].slice(-MOST_REACTIONS) });
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#show({ reactions: this.#view.reactions.filter((one) => one.id !== id) });
    }, REACTION_STAYS);
    this.#timers.add(timer);
  }

  #show(change: Partial<CallView>): void {
    this.#view = { ...this.#view, ...change, files: this.#shelf.views };
    this.#reports.changed();
  }
}

function roleText(role: PeerRole): string {
  if (role === 'host') return text.roleNowHost;
  return role === 'viewer' ? text.roleNowViewer : text.roleNowSpeaker;
}

function isUp(peers: readonly PeerState[]): boolean {
  return peers.find(({ isLocal }) => isLocal)?.handRaisedAt !== undefined;
}
