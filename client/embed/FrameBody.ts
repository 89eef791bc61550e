import { invalidState, ParleyError, timeout, unavailable } from '../../src/support/errors.ts';
import type { RoomElementEvent, SetupChange } from '../element/embedding/contract.ts';
import {
  frameGreeting,
  isGreeting,
  pageGreeting,
  parseFromFrame,
  type CommandMessage,
  type FromFrame,
  type FromPage,
} from '../element/embedding/frameMessages.ts';
import type { BodyOwner, RoomBody } from './RoomBody.ts';
import { wireError } from './wireError.ts';

/** What the room needs, in the frame of another origin (W3C Permissions Policy 9). */
const ALLOW = [
  'camera',
  'microphone',
  'display-capture',
  'autoplay',
  'clipboard-write',
  'fullscreen',
  'picture-in-picture',
  'speaker-selection',
  'screen-wake-lock',
];

/** ms for the frame's page to load and to greet. */
const PATIENCE = 20_000;

interface Pending {
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * The room in a frame that the server serves.
 *
 * The frame greets whoever embeds it, which gives it one end of a channel; from then on both talk through that alone. A
 * greeting counts only from this very frame and from the server's origin, and the channel goes to that origin only.
 */
export class FrameBody implements RoomBody {
  readonly #owner: BodyOwner;
  readonly #frame: HTMLIFrameElement;
  readonly #pending = new Map<number, Pending>();
  readonly #patience: ReturnType<typeof setTimeout>;
  /** What was said before there was anybody to hear it. */
  #unsaid: CommandMessage[] = [];
  /** Why there is no frame to talk to. */
  #lost: Error | null = null;
  #port: MessagePort | null = null;
  #last = 0;
  #closed = false;

  constructor(owner: BodyOwner) {
    this.#owner = owner;
    const { room } = owner.setup();
    const frame = (this.#frame = document.createElement('iframe'));
    frame.allow = ALLOW.join('; ');
    frame.referrerPolicy = 'origin';
    frame.title = room;
    frame.src = new URL(`/embed/${encodeURIComponent(room)}`, owner.server).href;
    window.addEventListener('message', this.#greeted);
    owner.place.append(frame);
    this.#patience = setTimeout(() => this.#giveUp(), PATIENCE);
  }

  change(change: SetupChange): void {
    // Until it greets there is nothing to change: it is set up with what holds by then.
    this.#port?.postMessage({ type: 'change', change } satisfies FromPage);
  }

  command(name: string, args: readonly unknown[]): Promise<void> {
    if (this.#lost) return Promise.reject(this.#lost);
    const message = { type: 'command', id: ++this.#last, name, args } as const;
    return new Promise((resolve, reject) => {
      this.#pending.set(message.id, { resolve, reject });
      try {
        if (name !== 'toggleShareScreen' || !this.#sayWithClick(message)) this.#say(message);
      } catch (error) {
        // What cannot be cloned cannot be an argument of a command.
        this.#pending.delete(message.id);
        reject(new ParleyError('badRequest', `${name} does not take these arguments`, { cause: error }));
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#patience);
    window.removeEventListener('message', this.#greeted);
    this.#letGo(invalidState('the element was removed'));
    this.#unsaid = [];
    this.#frame.remove();
  }

  readonly #greeted = (event: MessageEvent<unknown>): void => {
    const { contentWindow } = this.#frame;
    if (!contentWindow || event.source !== contentWindow || event.origin !== this.#owner.server) return;
    if (!isGreeting(event.data, frameGreeting.parley)) return;
    clearTimeout(this.#patience);
    this.#lost = null;
    // A frame that was loaded anew begins from the start.
    if (this.#port) this.#letGo(unavailable('the frame was loaded anew'));
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = parseFromFrame(data);
      if (message && this.#port === port1) this.#hear(message, port1);
    };
    contentWindow.postMessage(pageGreeting, { targetOrigin: this.#owner.server, transfer: [port2] });
    port1.postMessage({ type: 'setUp', setup: this.#owner.setup() } satisfies FromPage);
    for (const message of this.#unsaid.splice(0)) port1.postMessage(message);
  };

  #hear(message: FromFrame, port: MessagePort): void {
    const owner = this.#owner;
    switch (message.type) {
      case 'summary':
        owner.summary(message.summary);
        return;
      case 'event':
        owner.event(message.name as RoomElementEvent, message.detail);
        return;
      case 'done':
        this.#take(message.id)?.resolve();
        return;
      case 'failed':
        this.#take(message.id)?.reject(ParleyError.fromWire(message.error));
        return;
      case 'tokenWanted': {
        const { id, room } = message;
        const answer = (said: FromPage): void => {
          if (this.#port === port) port.postMessage(said);
        };
        owner.token(room).then(
          (token) => answer({ type: 'token', id, token }),
          (error: unknown) => answer({ type: 'noToken', id, error: wireError(error) }),
        );
      }
    }
  }

  #say(message: CommandMessage): void {
    if (this.#port) this.#port.postMessage(message);
    else this.#unsaid.push(structuredClone(message));
  }

  /**
   * Hands the person's click on the page over with the command: a browser shows its screen picker only to who was clicked.
   * False where there is no such click, or the browser cannot (W3C Capability Delegation).
   */
  #sayWithClick(command: CommandMessage): boolean {
    const { contentWindow } = this.#frame;
    if (!this.#port || !contentWindow || !navigator.userActivation.isActive) return false;
    const options = { targetOrigin: this.#owner.server, delegate: 'display-capture' };
    try {
      contentWindow.postMessage({ ...pageGreeting, command }, options);
      return true;
    } catch {
      return false;
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #letGo(error: Error): void {
    this.#port?.close();
    this.#port = null;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #giveUp(): void {
    const error = timeout(
      `${this.#owner.server} gives no room to this page: is it up, and may this page embed it?`,
    );
    this.#unsaid = [];
    this.#lost = error;
    this.#letGo(error);
    this.#owner.failed(error);
  }
}
