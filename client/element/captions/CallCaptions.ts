import type { PeerState, RoomState } from '../../lib/publicTypes.ts';
import { publicationOf } from '../placement.ts';
import type { SessionClient } from '../sessionTypes.ts';
import { speech, text } from '../text.ts';
import { CaptionBoard } from './CaptionBoard.ts';
import type { Captioner, CaptionFailure } from './Captioner.ts';
import { CAPTION_TOPIC, readCaption, type Caption } from './captionMessages.ts';
import { recognizer } from './recognition.ts';

export interface CallCaptionsReports {
  changed: () => void;
  /** Somebody says something; `stranger`: the first time that they are written down. */
  said: (caption: Caption, peer: PeerState, stranger: boolean) => void;
  /** The person is not written down any more, though it was wanted. */
  failed: (sentence: string) => void;
}

/**
 * The captions of one stay: shows what others send, and sends what this browser writes down of the person.
 *
 * Nothing is heard here but the own microphone, and that only while it is wanted and on.
 */
export class CallCaptions {
  readonly board: CaptionBoard;
  readonly #client: SessionClient;
  readonly #reports: CallCaptionsReports;
  readonly #unlisten: readonly (() => void)[];
  readonly #known = new Set<string>();
  #wanted = false;
  #captioner: Captioner | null = null;
  /** What the captioner hears, or the one that is on its way will. */
  #track: MediaStreamTrack | null = null;
  #next = 1;
  #closed = false;

  constructor(client: SessionClient, reports: CallCaptionsReports) {
    this.#client = client;
    this.#reports = reports;
    this.board = new CaptionBoard(reports.changed);
    this.#unlisten = [
      client.on('data', ({ topic, payload, from }) => {
        if (topic !== CAPTION_TOPIC) return;
        const peer = client.state.peers.find(({ peerId }) => peerId === from);
        const caption = peer && readCaption(payload);
        if (caption) this.#show(caption, peer);
      }),
      client.on('peerLeft', ({ peerId }) => {
        this.board.forget(peerId);
        this.#known.delete(peerId);
      }),
      client.on('stateChanged', (state) => this.#follow(state)),
    ];
  }

  /** The person is written down from now on, while the microphone is on, or is not. */
  want(wanted: boolean): void {
    this.#wanted = wanted;
    this.#follow(this.#client.state);
  }

  /** Idempotent. */
  close(): void {
    this.#closed = true;
    for (const unlisten of this.#unlisten) unlisten();
    this.#stop();
    this.board.close();
  }

  #follow(state: RoomState): void {
    const track = this.#wanted && !this.#closed ? heard(state) : null;
    if (track === this.#track) return;
    this.#stop();
    this.#track = track;
    if (track) void this.#begin(track);
  }

  async #begin(track: MediaStreamTrack): Promise<void> {
    const made = recognizer();
    const loaded = made && (await import('./Captioner.ts').catch(() => null));
    if (this.#track !== track || this.#captioner) return;
    if (!loaded) {
      this.#fail('service');
      return;
    }
    this.#captioner = new loaded.Captioner({
      recognizer: made,
      language: speech.locale,
      track,
      first: this.#next,
      said: (caption) => this.#tell(caption),
      failed: (why) => this.#fail(why),
    });
  }

  #tell(caption: Caption): void {
    const own = this.#client.state.peers.find(({ isLocal }) => isLocal);
    // What is under way is replaced in a moment, and is not worth sending twice.
    const how = { topic: CAPTION_TOPIC, reliable: caption.final };
    // Whoever may not write may not be read either, and hears of it once, when the server says so.
    this.#client.sendData(caption, how).catch(() => undefined);
    if (own) this.#show(caption, own);
  }

  #show(caption: Caption, peer: PeerState): void {
    const { peerId, isLocal } = peer;
    const name = isLocal ? text.you : peer.name;
    if (!this.board.take(peerId, name, caption)) return;
    const stranger = !isLocal && !this.#known.has(peerId);
    if (stranger) this.#known.add(peerId);
    this.#reports.said(caption, peer, stranger);
  }

  #fail(why: CaptionFailure): void {
    this.#wanted = false;
    this.#stop();
    this.#track = null;
    this.#reports.failed(
      { denied: text.captionsDenied, language: text.captionsLanguage, service: text.captionsFailed }[why],
    );
  }

  #stop(): void {
    const captioner = this.#captioner;
    this.#captioner = null;
    captioner?.stop();
    this.#next = captioner?.next ?? this.#next;
  }
}

/** The person's microphone, while it is heard. */
function heard({ status, peers, permissions }: RoomState): MediaStreamTrack | null {
  const own = peers.find(({ isLocal }) => isLocal);
  const microphone = own && publicationOf(own, 'microphone');
  if (status !== 'connected' || !permissions.canPublishData || !microphone || microphone.paused) return null;
  return microphone.track;
}
