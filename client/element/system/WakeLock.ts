/** Keeps the screen from going dark; the browser lets go of it whenever the page is out of sight (W3C Screen Wake Lock). */
export class WakeLock {
  #lock: WakeLockSentinel | null = null;
  #asking = false;
  #closed = false;

  constructor() {
    document.addEventListener('visibilitychange', this.#seen);
    void this.#hold();
  }

  /** Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    document.removeEventListener('visibilitychange', this.#seen);
    this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }

  readonly #seen = (): void => void this.#hold();

  async #hold(): Promise<void> {
    const { wakeLock } = navigator as Partial<Pick<Navigator, 'wakeLock'>>;
    const held = this.#lock !== null && !this.#lock.released;
    if (!wakeLock || held || this.#asking || document.visibilityState !== 'visible') return;
    this.#asking = true;
    try {
      const lock = await wakeLock.request('screen');
      if (this.#closed) await lock.release();
      else this.#lock = lock;
    } catch {
      // Refused to save power, or not allowed to this frame: the screen does what it always does.
    } finally {
      this.#asking = false;
    }
  }
}
