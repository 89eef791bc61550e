import { isRoomName } from '../../src/protocol/roomName.ts';
import type { ConnectionStatus, RoomCloseReason } from '../lib/publicTypes.ts';
import { warmUp } from '../lib/browserHandler.ts';
import { callReports, callSwitches } from './callReports.ts';
import { runTest } from './callTest/runTest.ts';
import { CallRecord, type CallSummary } from './conduct/CallRecord.ts';
import { errorCode, errorText, type Attempt } from './errorText.ts';
import { LocalDevices, type CaptureKind } from './LocalDevices.ts';
import { NoticeBoard } from './NoticeBoard.ts';
import { switchNoise } from './noise/switchNoise.ts';
import type { Request } from './requests.ts';
import { copyLink, roomLink } from './roomLink.ts';
import { RoomSession, type SessionReports } from './RoomSession.ts';
import { StageRequests } from './stage/StageRequests.ts';
import { RoomSwitches } from './switches/RoomSwitches.ts';
import { text } from './text.ts';
import { mannerOf, type Manner, type VisitOptions, type VisitReports } from './visitTypes.ts';
import { wayIn } from './wayIn.ts';

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
  /** The room has a password, which the person is asked for. */
  asksPassword = false;
  /** Of the call that is over. */
  summary: CallSummary | null = null;
  /** The person is on the way in without having seen the screen before. */
  automatic = false;
  name: string;
  readonly stage: StageRequests;
  readonly switches: RoomSwitches;
  /** What the person wants sent, across stays. */
  #sending: { audio: boolean; video: boolean };
  #manner: Manner;
  readonly #options: VisitOptions;
  readonly #reports: VisitReports;
  #blocked: (() => void)[] = [];
  #password: string | undefined;
  #record = new CallRecord();

  constructor(options: VisitOptions, reports: VisitReports) {
    this.#options = options;
    this.#reports = reports;
    this.name = options.name;
    this.stage = new StageRequests(options.stage, {
      chose: () => this.#prefer(),
      complain: (sentence) => this.board.show(sentence, 'error'),
    });
    this.#sending = { audio: options.audio, video: options.video };
    const { shortcuts, sounds, language } = options;
    this.#manner = { shortcuts, sounds, language };
    this.local = new LocalDevices(reports.changed);
    this.board = new NoticeBoard(reports.changed);
    this.switches = new RoomSwitches({
      ...callSwitches(this.board, reports, () => this.#prefer()),
      choice: options.switches,
      audioOnly: options.audioOnly,
      devices: this.local,
    });
  }

  get status(): 'prejoin' | ConnectionStatus {
    if (this.closeReason) return 'closed';
    if (!this.session) return 'prejoin';
    return this.session.state?.status ?? (this.session.waiting ? 'waiting' : 'connecting');
  }

  /** The address at which others join. */
  get link(): string {
    return roomLink(this.#options.url, this.#options.room);
  }

  get soundBlocked(): boolean {
    return this.#blocked.length > 0;
  }

  /** Opens what should be captured, and joins if so asked. */
  start(): void {
    const { autojoin, devices, noiseFilter } = this.#options;
    this.local.chosen = { ...devices };
    this.local.noiseFilter = noiseFilter;
    this.local.watch();
    this.#openPreview();
    this.automatic = autojoin;
    void (autojoin ? this.#join() : warmUp());
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
    this.#giveUp();
    this.switches.close();
    this.local.close();
    this.board.clear();
  }

  /** Does what a part asked for. */
  async answer(request: Request): Promise<void> {
    const inRoom = this.session?.state ? this.session : null;
    switch (request.type) {
      case 'join':
        this.name = request.name;
        this.#password = request.password ?? this.#password;
        this.local.forgetErrors();
        this.#prefer();
        return this.#join();
      case 'rejoin':
        this.automatic = true;
        this.#openPreview();
        return this.#join();
      case 'leave':
        return this.leave();
      case 'giveUp':
        if (!inRoom) this.#giveUp();
        break;
      case 'conduct':
        return inRoom?.conduct?.do(request.act);
      case 'toggleAudio':
        try {
          await (inRoom ? inRoom.toggleAudio(request.on) : this.#preview('microphone'));
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
        return inRoom?.sendChat(request.text, request.options);
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
      case 'useSounds':
      case 'useLanguage':
        this.#manner = { ...this.#manner, ...mannerOf(request) };
        this.#prefer();
        return;
      case 'filterNoise':
        try {
          const came = await switchNoise(request.on, this.local, this.session);
          if (!came) this.board.show(text.noiseFailed, 'error');
        } finally {
          this.#prefer();
        }
        break;
      case 'testNetwork':
        return runTest(this.#options, request);
      case 'copyLink':
        return copyLink(this.link, this.board);
      case 'dismissNotice':
        this.board.dismiss(request.id);
        return;
      case 'audioBlocked':
        this.#blocked.push(request.play);
        break;
      case 'playAudio':
        for (const play of this.#blocked.splice(0)) play();
        break;
      default:
        // The rest is the affair of the room view and of the element around it.
        if (await this.switches.answer(request)) return;
        return this.stage.answer(request, inRoom);
    }
    this.#reports.changed();
  }

  async #join(): Promise<void> {
    if (this.session) return;
    const { connect, room } = this.#options;
    this.problem = this.closeReason = null;
    if (!isRoomName(room)) {
      this.#refused('badRequest', room === '' ? text.errorNoRoom : text.errorRoomName);
      return;
    }
    const session = this.#newSession();
    this.session = session;
    this.#reports.changed();
    try {
      const joined = await session.open(connect, wayIn(this.#options, this.name, this.#password));
      if (joined) this.#reports.event('joined', { room, peerId: session.state?.peerId ?? '' });
    } catch (error) {
      if (this.session !== session) return;
      this.session = null;
      this.#refused(errorCode(error), errorText(error, 'join') ?? text.errorUnknown);
    }
  }

  /** Back to the screen before, such as of somebody who does not want to wait. */
  #giveUp(): void {
    void this.session?.leave();
    this.session = null;
    this.automatic = false;
  }

  #refused(code: string, message: string): void {
    this.automatic = false;
    this.problem = message;
    this.asksPassword ||= code === 'passwordRequired' || code === 'wrongPassword';
    this.#reports.event('error', { code, message });
    this.#reports.changed();
  }

  #newSession(): RoomSession {
    const reports: SessionReports = {
      ...callReports(this.board, this.#reports.event, () => session.state?.peerId),
      changed: () => {
        this.#record.note(session.state);
        if (this.session === session) this.switches.look(session);
        this.#reports.changed();
      },
      failed: (error, attempt) => this.#failed(error, attempt),
      closed: (reason) => {
        if (this.session === session) this.#closed(reason);
      },
    };
    const session: RoomSession = new RoomSession(this.local, reports, () => this.switches.wanted);
    return session;
  }

  #closed(reason: RoomCloseReason): void {
    this.session = null;
    this.switches.close();
    this.closeReason = reason;
    this.summary = this.#record.end();
    this.#record = new CallRecord();
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

  #prefer(): void {
    this.#reports.event('preferenceschanged', {
      name: this.name,
      devices: this.local.chosen,
      ...this.#sending,
      ...this.#manner,
      stage: this.stage.choice,
      noiseFilter: this.local.noiseFilter,
      switches: this.switches.choice,
    });
  }
}
