import type { MediaSource, Permissions } from '../protocol/models.ts';
import { forbidden } from '../support/errors.ts';

/** What a peer may do at this moment. */
export class PeerPermissions {
  #current: Permissions;

  constructor(permissions: Permissions) {
    this.#current = permissions;
  }

  get current(): Permissions {
    return this.#current;
  }

  set(permissions: Permissions): void {
    this.#current = permissions;
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

  /** @throws ParleyError `forbidden`. */
  assertSubscribe(): void {
    if (!this.#current.canSubscribe) throw forbidden('this peer may not subscribe');
  }

  /** @throws ParleyError `forbidden`. */
  assertPublishData(): void {
    if (!this.#current.canPublishData) throw forbidden('this peer may not send data');
  }
}
