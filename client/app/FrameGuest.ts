import '../element/define.ts';
import { ParleyError } from '../../src/support/errors.ts';
import type { RoomFollower, RoomSetup, SetupChange } from '../element/embedding/contract.ts';
import {
  commandIn,
  frameGreeting,
  isGreeting,
  pageGreeting,
  parseFromPage,
  type CommandMessage,
  type FromFrame,
  type FromPage,
} from '../element/embedding/frameMessages.ts';
import type { ParleyRoom } from '../element/ParleyRoom.ts';
import { DEFAULT_STAGE } from '../element/stage/stageChoice.ts';
import { DEFAULT_SWITCHES } from '../element/switches/switchChoice.ts';

interface Pending {
  resolve: (token: string) => void;
  reject: (error: Error) => void;
}

/**
 * The room in a frame, on behalf of the page around it.
 *
 * It greets that page, which it does not know yet, and takes the first channel that it is given; the browser has let only
 * pages be around it that the server allows (CSP `frame-ancestors`). From then on it listens to that channel, and to
 * commands from that window as long as it is of the same origin.
 */
export class FrameGuest implements RoomFollower {
  readonly #page: Window;
  readonly #place: HTMLElement;
  readonly #tokens = new Map<number, Pending>();
  #origin: string | null = null;
  #port: MessagePort | null = null;
  #room: ParleyRoom | null = null;
  #last = 0;

  constructor(page: Window, place: HTMLElement) {
    this.#page = page;
    this.#place = place;
    window.addEventListener('message', this.#heard);
    // To whoever it is: the greeting says nothing.
    page.postMessage(frameGreeting, '*');
  }

  summary(summary: Parameters<RoomFollower['summary']>[0]): void {
    this.#say({ type: 'summary', summary });
  }

  event(name: string, detail: unknown): void {
    this.#say({ type: 'event', name, detail });
  }

  readonly #heard = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#page) return;
    if (this.#port) {
      const command = event.origin === this.#origin ? commandIn(event.data) : undefined;
      if (command) this.#obey(command);
      return;
    }
    const [port] = event.ports;
    if (!port || !isGreeting(event.data, pageGreeting.parley)) return;
    this.#origin = event.origin;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = parseFromPage(data);
      if (message) this.#hear(message);
    };
  };

  #hear(message: FromPage): void {
    switch (message.type) {
      case 'setUp':
        this.#open(message.setup);
        return;
      case 'change':
        if (this.#room) apply(this.#room, message.change);
        return;
      case 'command':
        this.#obey(message);
        return;
      case 'token':
        this.#take(message.id)?.resolve(message.token);
        return;
      case 'noToken':
        this.#take(message.id)?.reject(ParleyError.fromWire(message.error));
    }
  }

  #open(setup: RoomSetup): void {
    if (this.#room) return;
    const { room, name, token, autojoin, audio, video, devices } = setup;
    const {
      stage = DEFAULT_STAGE,
      noiseFilter = false,
      switches = DEFAULT_SWITCHES,
      audioOnly = false,
    } = setup;
    const element = (this.#room = document.createElement('parley-room'));
    Object.assign(element, { room, name, token, autojoin, audio, video, devices, stage, noiseFilter });
    Object.assign(element, { switches, audioOnly });
    element.url = location.origin;
    if (setup.asksForTokens) element.tokenSource = (wanted) => this.#askForToken(wanted);
    apply(element, setup);
    element.follower = this;
    this.#place.append(element);
  }

  #obey({ id, name, args }: CommandMessage): void {
    const done =
      this.#room?.execute(name, args) ?? Promise.reject(new ParleyError('invalidState', 'not set up'));
    done.then(
      () => this.#say({ type: 'done', id }),
      (error: unknown) => {
        const coded = error instanceof ParleyError ? error : new ParleyError('internal', String(error));
        this.#say({ type: 'failed', id, error: coded.toWire() });
      },
    );
  }

  #askForToken(room: string): Promise<string> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#tokens.set(id, { resolve, reject });
      this.#say({ type: 'tokenWanted', id, room });
    });
  }

  #take(id: number): Pending | undefined {
    const pending = this.#tokens.get(id);
    this.#tokens.delete(id);
    return pending;
  }

  #say(message: FromFrame): void {
    this.#port?.postMessage(message);
  }
}

function apply(room: ParleyRoom, { theme, shortcuts, lang, sounds, buttons, look }: SetupChange): void {
  if (theme !== undefined) room.theme = theme;
  if (shortcuts !== undefined) room.shortcuts = shortcuts;
  if (lang !== undefined) room.lang = lang;
  if (sounds !== undefined) room.sounds = sounds;
  if (buttons !== undefined) room.ownButtons = buttons;
  if (look !== undefined) room.look = look;
}
