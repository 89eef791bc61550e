import { invalidState, unavailable } from '../../src/support/errors.ts';
import type { SetupChange } from '../element/embedding/contract.ts';
import { EXPORTED_PARTS } from '../element/embedding/parts.ts';
import type { InlineRoom } from '../element/inline.ts';
import type { Connect } from '../element/RoomSession.ts';
import { DEFAULT_STAGE } from '../element/stage/stageChoice.ts';
import { DEFAULT_SWITCHES } from '../element/switches/switchChoice.ts';
import type { BodyOwner, RoomBody } from './RoomBody.ts';

/** Places for the page's own elements, which pass through to the room's parts. */
const SLOTS = ['toolbar', 'prejoin', 'closed'];

/** The room in the page itself, loaded when it is needed. */
export class InlineBody implements RoomBody {
  readonly #owner: BodyOwner;
  readonly #room: Promise<InlineRoom>;
  #element: InlineRoom | null = null;
  #closed = false;

  /** @param connect Stands in for the SDK's; a seam for tests. */
  constructor(owner: BodyOwner, connect: Connect | null) {
    this.#owner = owner;
    this.#room = this.#load(connect);
    this.#room.catch((error: unknown) => {
      if (!this.#closed) owner.failed(error as Error);
    });
  }

  change(change: SetupChange): void {
    // Before it is loaded there is nothing to change: it is set up with what holds by then.
    if (this.#element) apply(this.#element, change);
  }

  async command(name: string, args: readonly unknown[]): Promise<void> {
    const room = await this.#room;
    if (this.#closed) throw invalidState('the element was removed');
    await room.execute(name, args);
  }

  close(): void {
    this.#closed = true;
    if (!this.#element) return;
    this.#element.follower = null;
    this.#element.remove();
    this.#element = null;
  }

  async #load(connect: Connect | null): Promise<InlineRoom> {
    const owner = this.#owner;
    const { INLINE_ROOM } = await import('../element/inline.ts').catch((cause: unknown) => {
      throw unavailable('the room does not load', { cause });
    });
    if (this.#closed) throw invalidState('the element was removed');
    const { server } = owner;
    const setup = owner.setup();
    const element = (this.#element = document.createElement(INLINE_ROOM));
    const { room, name, token, autojoin, audio, video, devices } = setup;
    const {
      stage = DEFAULT_STAGE,
      noiseFilter = false,
      switches = DEFAULT_SWITCHES,
      audioOnly = false,
    } = setup;
    Object.assign(element, { room, name, token, autojoin, audio, video, devices, stage, noiseFilter });
    Object.assign(element, { switches, audioOnly });
    element.url = server;
    if (setup.asksForTokens) element.tokenSource = (wanted) => owner.token(wanted);
    if (connect) element.connect = connect;
    apply(element, setup);
    element.follower = owner;
    for (const place of SLOTS) {
      const slot = document.createElement('slot');
      slot.name = slot.slot = place;
      element.append(slot);
    }
    element.setAttribute('exportparts', EXPORTED_PARTS);
    owner.place.append(element);
    return element;
  }
}

function apply(element: InlineRoom, { theme, shortcuts, lang, sounds, buttons, look }: SetupChange): void {
  if (theme !== undefined) element.theme = theme;
  if (shortcuts !== undefined) element.shortcuts = shortcuts;
  if (lang !== undefined) element.lang = lang;
  if (sounds !== undefined) element.sounds = sounds;
  if (buttons !== undefined) element.ownButtons = buttons;
  if (look !== undefined) element.look = look;
}
