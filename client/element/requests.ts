import type { DeviceKind } from './LocalDevices.ts';
import type { ProducerView } from './views.ts';

/** What opens beside the grid. */
export type Panel = 'chat' | 'people' | 'settings';

/** How the person has the room on the screen. */
export interface Arrangement {
  panel: Panel | null;
  /** All in a grid, also while somebody shares a screen. */
  tileView: boolean;
  /** The peer who has the stage whatever happens. */
  pinned: string | null;
}

/** Everything a part can ask for; `<parley-room>` answers, the parts never act themselves. */
export type Request =
  | { type: 'join'; name: string }
  | { type: 'toggleAudio' | 'toggleVideo' | 'toggleScreen' }
  | { type: 'togglePanel'; panel: Panel }
  | { type: 'closePanel' }
  | { type: 'chooseDevice'; kind: DeviceKind; deviceId: string }
  | { type: 'useShortcuts'; on: boolean }
  | { type: 'sendChat'; text: string }
  | { type: 'reportViews'; views: readonly ProducerView[] }
  | { type: 'reportArrangement'; arrangement: Arrangement }
  | { type: 'ownButton'; key: string }
  | { type: 'audioBlocked'; play: () => void }
  | { type: 'playAudio' }
  | { type: 'copyLink' }
  | { type: 'dismissNotice'; id: number }
  | { type: 'rejoin' }
  | { type: 'leave' };

/** A request on its way up through the shadow roots to `<parley-room>`, which lets it go no further. */
export class RequestEvent extends Event {
  static readonly type = 'parley-request';
  readonly request: Request;
  /** Set by whoever handles it; rejects when it could not be done. */
  done: Promise<void> = Promise.resolve();

  constructor(request: Request) {
    super(RequestEvent.type, { bubbles: true, composed: true });
    this.request = request;
  }
}

/** Sends a request up; resolves when it was done. */
export function ask(from: HTMLElement, request: Request): Promise<void> {
  const event = new RequestEvent(request);
  from.dispatchEvent(event);
  return event.done;
}

/** Sends a request whose failure is shown elsewhere, as a notice. */
export function tell(from: HTMLElement, request: Request): void {
  ask(from, request).catch(() => undefined);
}
