import type { PeerState } from '../../lib/publicTypes.ts';
import { CallCaptions } from '../captions/CallCaptions.ts';
import type { Caption } from '../captions/captionMessages.ts';
import { recognizer } from '../captions/recognition.ts';
import type { LocalDevices } from '../LocalDevices.ts';
import type { Request } from '../requests.ts';
import type { RoomSession } from '../RoomSession.ts';
import type { Wanted } from '../SeenViews.ts';
import { text } from '../text.ts';
import { PoorLink } from './PoorLink.ts';
import type { AudioOnlyOffer, SwitchChange, SwitchChoice, SwitchView } from './switchChoice.ts';
import { cameraFor } from './videoQuality.ts';

export interface RoomSwitchesParts {
  choice: SwitchChoice;
  /** Begin without the others' pictures. */
  audioOnly: boolean;
  devices: LocalDevices;
  changed: () => void;
  /** The person wants something else from now on, also the next time. */
  chose: () => void;
  /** Something that a notice is worth. */
  told: (sentence: string) => void;
  complain: (sentence: string) => void;
  said: (caption: Caption, peer: PeerState) => void;
}

/** What belongs to one stay. */
interface Stay {
  session: RoomSession;
  captions: CallCaptions;
  link: PoorLink;
}

/**
 * What of a call a person switches off, down or on: the quality of pictures, pictures altogether, captions.
 *
 * The switches are kept across stays; what hangs on one of these goes with it.
 */
export class RoomSwitches {
  choice: SwitchChoice;
  audioOnly: boolean;
  captionMe = false;
  readonly #parts: RoomSwitchesParts;
  #stay: Stay | null = null;
  /** The camera is off because of audio only, and comes back with the pictures. */
  #stoppedCamera = false;

  constructor(parts: RoomSwitchesParts) {
    this.#parts = parts;
    this.choice = parts.choice;
    this.audioOnly = parts.audioOnly;
    parts.devices.camera = cameraFor(this.choice.videoQuality);
  }

  /** What is asked for of the others' pictures. */
  get wanted(): Wanted {
    return { maxHeight: this.choice.videoQuality, pictures: !this.audioOnly };
  }

  get view(): SwitchView {
    const { board } = this.#stay?.captions ?? {};
    return {
      ...this.choice,
      audioOnly: this.audioOnly,
      captionMe: this.captionMe,
      canCaption: recognizer() !== undefined,
      lines: board?.lines ?? [],
      said: board?.said ?? [],
    };
  }

  /** Audio only might help: there is no picture at present, or the sound has been poor for a while. */
  get offer(): AudioOnlyOffer {
    if (this.audioOnly || !this.#stay) return null;
    if (this.#stay.session.state?.audioOnly) return 'noPictures';
    return this.#stay.link.offers ? 'poor' : null;
  }

  /** Takes note of where the visit is; null: outside the room. */
  look(session: RoomSession | null): void {
    const { client, state } = session ?? {};
    if (this.#stay && (this.#stay.session !== session || !state)) this.close();
    if (!session || !client || !state) return;
    this.#stay ??= this.#enter(session, client);
    this.#stay.link.look(this.audioOnly ? null : state);
    if (this.#stoppedCamera && session.isOn('video')) this.#stoppedCamera = false;
  }

  /** Leaves the stay that there is. Idempotent. */
  close(): void {
    this.#stay?.captions.close();
    this.#stay?.link.close();
    this.#stay = null;
    this.#stoppedCamera = false;
    this.captionMe = false;
  }

  /** False where a request is about something else. */
  async answer(request: Request): Promise<boolean> {
    if (request.type === 'declineAudioOnly') {
      this.#stay?.link.decline();
      this.#parts.changed();
      return true;
    }
    if (request.type !== 'switch') return false;
    await this.change(request.change);
    return true;
  }

  /** @throws what the camera says that is to be stopped, or started again. */
  async change(change: SwitchChange): Promise<void> {
    const { videoQuality, stopCamera, captions, audioOnly, captionMe } = change;
    const before = this.choice;
    this.choice = {
      videoQuality: videoQuality ?? before.videoQuality,
      stopCamera: stopCamera ?? before.stopCamera,
      captions: captions ?? before.captions,
    };
    this.audioOnly = audioOnly ?? this.audioOnly;
    const { session } = this.#stay ?? {};
    if (captionMe !== undefined) this.#caption(captionMe);
    session?.askAgain();
    if (stopCamera !== undefined || captions !== undefined || videoQuality !== undefined) this.#parts.chose();
    this.#parts.changed();
    if (videoQuality !== undefined) {
      this.#parts.devices.camera = cameraFor(videoQuality);
      await session?.resizeCamera();
    }
    if (audioOnly !== undefined || stopCamera !== undefined) await this.#followCamera();
  }

  #enter(session: RoomSession, client: NonNullable<RoomSession['client']>): Stay {
    const { changed, told, complain, said } = this.#parts;
    const captions = new CallCaptions(client, {
      changed,
      said: (caption, peer, stranger) => {
        said(caption, peer);
        if (stranger && !this.choice.captions) told(text.captionsThere(peer.name));
      },
      failed: (sentence) => {
        this.captionMe = false;
        complain(sentence);
        changed();
      },
    });
    const stay = { session, captions, link: new PoorLink(changed) };
    const { devices } = this.#parts;
    if (this.audioOnly && this.choice.stopCamera && devices.wanted('camera')) {
      // Nobody has seen it yet.
      this.#stoppedCamera = true;
      void devices.want('camera', false);
    }
    return stay;
  }

  #caption(on: boolean): void {
    this.captionMe = on && recognizer() !== undefined && this.#stay !== null;
    this.#stay?.captions.want(this.captionMe);
  }

  /** Stops the own camera with the pictures where that is chosen, and starts it again that was stopped so. */
  async #followCamera(): Promise<void> {
    const { session } = this.#stay ?? {};
    if (!session) return;
    await session.settled('video');
    const stop = this.audioOnly && this.choice.stopCamera;
    if (stop && session.isOn('video')) {
      await session.toggleVideo();
      this.#stoppedCamera = true;
    } else if (!stop && this.#stoppedCamera) {
      this.#stoppedCamera = false;
      if (!session.isOn('video')) await session.toggleVideo();
    }
  }
}
