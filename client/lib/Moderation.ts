import type { PeerRole, RoomSettings } from '../../src/protocol/conduct.ts';
import type { MediaSource } from '../../src/protocol/models.ts';
import { notFound } from '../../src/support/errors.ts';
import type { SettingsUpdate } from './conductTypes.ts';
import type { RoomEngine } from './RoomEngine.ts';

/**
 * What hosts may do. To everybody else each call is refused with ParleyError `forbidden`, and to all with `notFound` for
 * a peer that is not in the room. What becomes of it is in `room.state`.
 */
export class Moderation {
  readonly #engine: () => RoomEngine;

  /** @internal Is `room.moderation`. @param engine Throws once the room is closed. */
  constructor(engine: () => RoomEngine) {
    this.#engine = engine;
  }

  /**
   * Makes somebody host, speaker or viewer, which it may do, or not any more, at once; its hand goes down when it may
   * speak.
   *
   * @throws ParleyError `forbidden` for whoever is host by its token, `invalidState` for the last host.
   */
  async setRole(peerId: string, role: PeerRole): Promise<void> {
    await this.#signaling.request('setRole', { peerId, role });
  }

  /** Makes somebody host in this client's place, which is a speaker then. @throws as `setRole`. */
  async handOver(peerId: string): Promise<void> {
    await this.setRole(peerId, 'host');
    await this.setRole(this.#engine().store.state.peerId, 'speaker');
  }

  /** Takes somebody's hand down. */
  async lowerHand(peerId: string): Promise<void> {
    await this.#signaling.request('lowerHands', { peerIds: [peerId] });
  }

  /** Takes all hands down. */
  async lowerAllHands(): Promise<void> {
    await this.#signaling.request('lowerHands', {});
  }

  /** Puts these, at most 9, on everybody's stage, in this order and nobody else; none: everybody chooses by himself. */
  async setSpotlight(peerIds: readonly string[]): Promise<void> {
    await this.#signaling.request('setSpotlight', { peerIds: [...peerIds] });
  }

  /** Mutes somebody's microphone, or ends its camera or screen. Nobody but itself can undo it, see `askToUnmute`. */
  async mute(peerId: string, source: MediaSource = 'microphone'): Promise<void> {
    await this.#signaling.request('mutePeer', { peerId, source });
  }

  /** Mutes all microphones but the own one. */
  async muteEveryone(): Promise<void> {
    await this.#signaling.request('muteEveryone', {});
  }

  /** Asks somebody to unmute, which it may do then also where `settings.unmute` is false. */
  async askToUnmute(peerId: string): Promise<void> {
    await this.#signaling.request('askToUnmute', { peerId });
  }

  /** @throws ParleyError `forbidden` for whoever is host by its token. */
  async remove(peerId: string): Promise<void> {
    await this.#signaling.request('removePeer', { peerId });
  }

  /** Puts everybody out, and ends the room. */
  async endForAll(): Promise<void> {
    await this.#signaling.request('closeRoom', {});
  }

  /**
   * Locks the room, sets a password, a waiting room, the webinar, or what others than hosts may do; resolves with all that
   * is set from now on.
   *
   * @throws ParleyError `badRequest`.
   */
  async changeSettings(change: SettingsUpdate): Promise<RoomSettings> {
    return (await this.#signaling.request('changeSettings', { ...change })).settings;
  }

  /** Lets somebody in who waits. @throws ParleyError `notFound` for one that does not wait any more. */
  async admit(knockId: string): Promise<void> {
    await this.#answer(knockId, true);
  }

  /** Turns somebody away who waits. @throws as `admit`. */
  async deny(knockId: string): Promise<void> {
    await this.#answer(knockId, false);
  }

  /** Resolves with how many waited. */
  async admitAll(): Promise<number> {
    return (await this.#signaling.request('answerKnocks', { admit: true })).answered;
  }

  /** Resolves with how many waited. */
  async denyAll(): Promise<number> {
    return (await this.#signaling.request('answerKnocks', { admit: false })).answered;
  }

  async #answer(knockId: string, admit: boolean): Promise<void> {
    const { answered } = await this.#signaling.request('answerKnocks', { knockIds: [knockId], admit });
    if (answered === 0) throw notFound('nobody waits under this id');
  }

  get #signaling() {
    return this.#engine().signaling;
  }
}
