import { DEFAULT_SETTINGS, type PeerRole, type RoomSettings } from '../protocol/conduct.ts';
import type { MediaSource, Permissions } from '../protocol/models.ts';
import { forbidden } from '../support/errors.ts';
import { permissionsIn } from './conduct/roles.ts';

/** What of a room's settings concerns what a peer may do. */
export type PeerRules = Pick<RoomSettings, 'screenShare' | 'unmute'>;

/** What a peer may do at this moment: what it was granted, by its role and the room's settings. */
export class PeerPermissions {
  #granted: Permissions;
  #role: PeerRole = 'speaker';
  #rules: PeerRules = DEFAULT_SETTINGS;
  #current: Permissions;
  #wasHeard = false;

  constructor(granted: Permissions) {
    this.#granted = granted;
    this.#current = granted;
  }

  get current(): Permissions {
    return this.#current;
  }

  /** What its token or the server's API says, whatever the room is like. */
  get granted(): Permissions {
    return this.#granted;
  }

  /** Whether its microphone was on when it was last heard of, or a host asked for it. */
  get wasHeard(): boolean {
    return this.#wasHeard;
  }

  set(granted: Permissions): void {
    this.#granted = granted;
    this.#decide();
  }

  /** It is something else in its room, or the room's settings are different. */
  place(role: PeerRole, rules: PeerRules): void {
    this.#role = role;
    this.#rules = rules;
    this.#decide();
  }

  /** Its microphone is on or off now, or it was asked to turn it on. */
  hear(isHeard: boolean): void {
    this.#wasHeard = isHeard;
  }

  mayPublish(source: MediaSource): boolean {
    const { canPublish, canPublishSources, hidden } = this.#current;
    return canPublish && !hidden && (canPublishSources?.includes(source) ?? true);
  }

  /** @throws ParleyError `forbidden`. */
  assertPublish(source: MediaSource): void {
    const { canPublish, hidden } = this.#current;
    if (hidden) throw forbidden('a hidden peer may not publish');
    if (!canPublish) throw forbidden('this peer may not publish');
    if (!this.mayPublish(source)) throw forbidden(`this peer may not publish a ${source}`);
  }

  /** Who is heard may go on, also on new media. @throws ParleyError `forbidden`. */
  assertUnmuted(source: MediaSource): void {
    if (source !== 'microphone' || this.#role === 'host') return;
    if (!this.#rules.unmute && !this.#wasHeard) throw forbidden('a host has to ask this peer to unmute');
  }

  /** @throws ParleyError `forbidden`. */
  assertSubscribe(): void {
    if (!this.#current.canSubscribe) throw forbidden('this peer may not subscribe');
  }

  /** @throws ParleyError `forbidden`. */
  assertPublishData(): void {
    if (!this.#current.canPublishData) throw forbidden('this peer may not send data');
  }

  #decide(): void {
    this.#current = permissionsIn(this.#granted, this.#role, this.#rules);
  }
}
