import type { ConductAct } from './conduct/acts.ts';
import type { DeviceKind } from './LocalDevices.ts';
import type { ChatOptions } from '../lib/conductTypes.ts';
import type { NetworkReport } from '../lib/networkTest/networkReport.ts';
import type { RoomStats } from '../lib/statsTypes.ts';
import type { Pin, StageChoice } from './stage/stageChoice.ts';
import type { SwitchChange } from './switches/switchChoice.ts';
import type { ProducerView } from './views.ts';

/** What opens beside the grid. */
export type Panel = 'chat' | 'people' | 'settings' | 'statistics' | 'host';

/** How the person has the room on the screen. */
export interface Arrangement extends StageChoice {
  panel: Panel | null;
  /** What has the stage whatever happens. */
  pinned: Pin | null;
  /** Whose figures the statistics show; null: those of the connection. */
  statisticsOf: string | null;
}

/** Everything a part can ask for; `<parley-room>` answers, the parts never act themselves. */
export type Request =
  | { type: 'join'; name: string; password?: string }
  | { type: 'giveUp' }
  | { type: 'conduct'; act: ConductAct }
  /** `on`: only where it is otherwise. */
  | { type: 'toggleAudio'; on?: boolean }
  | { type: 'toggleVideo' | 'toggleScreen' }
  | { type: 'togglePanel'; panel: Panel }
  | { type: 'closePanel' }
  | { type: 'chooseDevice'; kind: DeviceKind; deviceId: string }
  | { type: 'useShortcuts'; on: boolean }
  | { type: 'useSounds'; on: boolean }
  | { type: 'filterNoise'; on: boolean }
  | { type: 'switch'; change: SwitchChange }
  | { type: 'declineAudioOnly' }
  | { type: 'useLanguage'; tag: string }
  | { type: 'toggleHelp' | 'closeHelp' }
  | { type: 'reportUnread'; count: number }
  | { type: 'sendChat'; text: string; options?: ChatOptions }
  | { type: 'reportViews'; views: readonly ProducerView[] }
  | { type: 'reportArrangement'; arrangement: Arrangement }
  | { type: 'arrange'; change: Partial<StageChoice> }
  | { type: 'pin'; pin: Pin | null }
  | { type: 'turnPage'; by: 1 | -1 }
  | { type: 'openTileMenu'; peerId: string; source: 'camera' | 'screen'; opener: HTMLElement }
  | { type: 'openView' }
  /** `key`: which picture; null: the foremost. */
  | { type: 'float'; key: string | null }
  /** Something could not be done, for the person to read. */
  | { type: 'complain'; sentence: string }
  | { type: 'showStatistics'; peerId: string | null }
  /** Before the call; `signal` ends it. */
  | { type: 'testNetwork'; signal: AbortSignal; onReport: (report: NetworkReport) => void }
  | { type: 'readStatistics'; take: (stats: RoomStats) => void }
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
