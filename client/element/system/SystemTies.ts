import type { SessionClient } from '../RoomSession.ts';
import type { Visit } from '../Visit.ts';
import { MediaKeys } from './MediaKeys.ts';
import { followCues } from './soundCues.ts';
import { Sounds } from './Sounds.ts';
import { WakeLock } from './WakeLock.ts';

interface Ties {
  client: SessionClient;
  keys: MediaKeys;
  lock: WakeLock;
  sounds: Sounds;
  unlisten: () => void;
}

/** During a stay in a room: the screen stays on, the system's buttons work, and what happens can be heard. */
export class SystemTies {
  readonly #audible: () => boolean;
  #ties: Ties | null = null;

  /** @param audible Whether sounds are wanted at the moment. */
  constructor(audible: () => boolean) {
    this.#audible = audible;
  }

  /** Looks what the visit has become; null: it is over. */
  look(visit: Visit | null): void {
    const client = visit?.session?.client ?? null;
    if (this.#ties && this.#ties.client !== client) this.#cut();
    if (!visit || !client) return;
    const ties = (this.#ties ??= this.#tie(visit, client));
    const { chosen, list } = visit.local;
    // One that is gone gives way to the system's choice until it is back.
    const speaker = list.speakers.find(({ deviceId }) => deviceId === chosen.speaker);
    ties.sounds.output = speaker?.deviceId ?? '';
    ties.keys.show(visit.session?.isOn('audio') ?? false, visit.session?.isOn('video') ?? false);
  }

  #tie(visit: Visit, client: SessionClient): Ties {
    const sounds = new Sounds();
    const does = (type: 'toggleAudio' | 'toggleVideo' | 'leave') => () => {
      // What failed is shown as a notice.
      visit.answer({ type }).catch(() => undefined);
    };
    return {
      client,
      sounds,
      lock: new WakeLock(),
      keys: new MediaKeys({
        toggleMicrophone: does('toggleAudio'),
        toggleCamera: does('toggleVideo'),
        hangUp: does('leave'),
      }),
      unlisten: followCues(client, (cue) => {
        if (this.#audible()) sounds.play(cue);
      }),
    };
  }

  #cut(): void {
    const ties = this.#ties;
    this.#ties = null;
    ties?.unlisten();
    ties?.sounds.close();
    ties?.keys.close();
    ties?.lock.close();
  }
}
