import { isRoomName } from '../../src/protocol/roomName.ts';
import type { ConnectionStatus, ConnectOptions, RoomCloseReason } from '../lib/publicTypes.ts';
import { warmUp } from '../lib/browserHandler.ts';
import { errorCode, errorText, type Attempt } from './errorText.ts';
import { LocalDevices, type CaptureKind } from './LocalDevices.ts';
import { NoticeBoard } from './NoticeBoard.ts';
import type { Request } from './requests.ts';
import { copyText, roomLink } from './roomLink.ts';
import { RoomSession } from './RoomSession.ts';
import { text } from './text.ts';
import type { VisitOptions, VisitReports } from './visitTypes.ts';

/**
 * One visit to a room: the screen before, any number of stays, the screen after.
 *
 * Owns the devices, the session and the notices; closed, it has left and captures nothing.
 */
export class Visit {
  readonly local: LocalDevices;
  readonly board: NoticeBoard;
  session: RoomSession | null = null;
  closeReason: RoomCloseReason | null = null;
  /** Why the last attempt to join failed. */
  problem: string | null = null;
  /** The person is on the way in without having seen the screen before. */
  automatic = false;
  name: string;
  /** What the person wants sent, across stays. */
  #sending: { audio: boolean; video: boolean };
  #shortcuts: boolean;
  readonly #options: VisitOptions;
  readonly #reports: VisitReports;
  #blocked: (() => void)[] = [];

  constructor(options: VisitOptions, reports: VisitReports) {
    this.#options = options;
    this.#reports = reports;
    this.name = options.name;
    this.#sending = { audio: options.audio, video: options.video };
    this.#shortcuts = options.shortcuts;
    this.local = new LocalDevices(reports.changed);
    this.board = new NoticeBoard(reports.changed);
  }

  get status(): 'prejoin' | ConnectionStatus {
    if (this.closeReason) return 'closed';
    if (!this.session) return 'prejoin';
    return this.session.state?.status ?? 'connecting';
  }

  get soundBlocked(): boolean {
    return this.#blocked.length > 0;
  }

  /** Opens what should be captured, and joins if so asked. */
  start(): void {
    const { autojoin, devices } = this.#options;
    this.local.chosen = { ...devices };
    this.local.watch();
    this.#openPreview();
    this.automatic = autojoin;
    if (autojoin) void this.#join();
    else void warmUp();
  }

  /** Leaves; resolves when the server knows. */
  async leave(): Promise<void> {
    const { session } = this;
    if (!session) return;
    const joined = session.state !== null;
    const left = session.leave();
    // Once in the room, the session tells that it is closed; before that nobody does.
    if (!joined) this.#closed('left');
    await left;
  }

  /** Changes the name that the others see, at once where they see it. @throws ParleyError */
  async rename(name: string): Promise<void> {
    await this.session?.client?.updateSelf({ name });
    this.name = name;
    this.#prefer();
    this.#reports.changed();
  }

  /** Idempotent. */
  close(): void {
    void this.session?.leave();
    this.session = null;
    this.local.close();
    this.board.clear();
  }

  /** Does what a part asked for. */
  async answer(request: Request): Promise<void> {
    const inRoom = this.session?.state ? this.session : null;
    switch (request.type) {
      case 'join':
        this.name = request.name;
        this.local.forgetErrors();
        this.#prefer();
        return this.#join();
      case 'rejoin':
        this.automatic = true;
        this.#openPreview();
        return this.#join();
      case 'leave':
        return this.leave();
      case 'toggleAudio':
        try {
          await (inRoom ? inRoom.toggleAudio() : this.#preview('microphone'));
        } finally {
          this.#sending.audio = inRoom ? inRoom.isOn('audio') : this.local.wanted('microphone');
        }
        break;
      case 'toggleVideo':
        try {
          await (inRoom ? inRoom.toggleVideo() : this.#preview('camera'));
        } finally {
          this.#sending.video = inRoom ? inRoom.isOn('video') : this.local.wanted('camera');
        }
        break;
      case 'toggleScreen':
        return inRoom?.toggleScreen();
      case 'sendChat':
        return inRoom?.sendChat(request.text);
      case 'reportViews':
        inRoom?.reportViews(request.views);
        return;
      case 'chooseDevice':
        try {
          await (inRoom ?? this.local).chooseDevice(request.kind, request.deviceId);
        } finally {
          this.#prefer();
        }
        return;
      case 'useShortcuts':
        this.#shortcuts = request.on;
        this.#prefer();
        return;
      case 'copyLink':
        return this.#copyLink();
      case 'dismissNotice':
        this.board.dismiss(request.id);
        return;
      case 'audioBlocked':
        this.#blocked.push(request.play);
        break;
      case 'playAudio':
        for (const play of this.#blocked.splice(0)) play();
        break;
      case 'togglePanel':
      case 'closePanel':
      case 'reportArrangement':
      case 'ownButton':
        // The affair of the room view and of the element around it.
        return;
    }
    this.#reports.changed();
  }

  async #join(): Promise<void> {
    if (this.session) return;
    const { connect, room } = this.#options;
    this.problem = null;
    this.closeReason = null;
    if (!isRoomName(room)) {
      this.#refused('badRequest', room === '' ? text.errorNoRoom : text.errorRoomName);
      return;
    }
    const session = this.#newSession();
    this.session = session;
    this.#reports.changed();
    try {
      const joined = await session.open(connect, this.#way());
      if (joined) this.#reports.event('joined', { room, peerId: session.state?.peerId ?? '' });
    } catch (error) {
      if (this.session !== session) return;
      this.session = null;
      this.#refused(errorCode(error), errorText(error, 'room') ?? text.errorUnknown);
    }
  }

  #way(): ConnectOptions {
    const { url, room, token, tokenSource } = this.#options;
    return {
      url,
      room,
      ...(this.name === '' ? {} : { name: this.name }),
      ...(token === '' ? {} : { token }),
      ...(tokenSource ? { tokenSource } : {}),
    };
  }

  #refused(code: string, message: string): void {
    this.automatic = false;
    this.problem = message;
    this.#reports.event('error', { code, message });
    this.#reports.changed();
  }

  #newSession(): RoomSession {
    const { board } = this;
    const { event } = this.#reports;
    const session = new RoomSession(this.local, {
      changed: () => this.#reports.changed(),
      peerJoined: ({ peerId, name }) => {
        board.show(text.peerJoined(name));
        event('peerjoined', { peerId, name });
      },
      peerLeft: ({ peerId, name }, reason) => {
        // Whoever went with a server that ends is on the way back.
        if (reason !== 'serverClosed') board.show(text.peerLeft(name));
        event('peerleft', { peerId, name, reason });
      },
      draining: () => board.show(text.draining),
      recordingEnded: (reason) => {
        if (reason !== 'stopped' && reason !== 'roomClosed')
          board.show(text.recordingEnded(reason === 'diskFull'), 'error');
      },
      sharing: ({ name }) => board.show(text.startedSharing(name)),
      chat: ({ peerId, name, text: message, sentAt }) => {
        if (peerId === session.state?.peerId) {
          event('outgoingMessage', { message, privateMessage: false });
          return;
        }
        board.announce(text.chatAnnounce(name, message));
        const stamp = new Date(sentAt).toISOString();
        event('incomingMessage', { from: peerId, nick: name, message, privateMessage: false, stamp });
      },
      deviceEnded: (kind) => {
        const device = kind === 'camera' ? text.camera : text.microphone;
        board.show(text.mediaEnded(device), 'error');
      },
      reconnected: () => board.announce(text.reconnected),
      failed: (error, attempt) => this.#failed(error, attempt),
      closed: (reason) => {
        if (this.session === session) this.#closed(reason);
      },
    });
    return session;
  }

  #closed(reason: RoomCloseReason): void {
    this.session = null;
    this.closeReason = reason;
    this.#blocked = [];
    this.board.clear();
    this.#reports.event('left', { reason });
    this.#reports.changed();
  }

  #failed(error: unknown, attempt: Attempt): void {
    const message = errorText(error, attempt);
    if (message === null) return;
    this.board.show(message, 'error');
    this.#reports.event('error', { code: errorCode(error), message });
  }

  #openPreview(): void {
    if (this.#sending.audio) void this.local.want('microphone', true);
    if (this.#sending.video) void this.local.want('camera', true);
  }

  #preview(kind: CaptureKind): Promise<void> {
    return this.local.want(kind, !this.local.wanted(kind));
  }

  async #copyLink(): Promise<void> {
    const copied = await copyText(roomLink(this.#options.url, this.#options.room));
    this.board.show(copied ? text.copied : text.copyFailed, copied ? 'info' : 'error');
  }

  #prefer(): void {
    this.#reports.event('preferenceschanged', {
      name: this.name,
      devices: this.local.chosen,
      ...this.#sending,
      shortcuts: this.#shortcuts,
    });
  }
}
