import type { Random } from '../rtp/random.ts';
import type { Behaviour } from '../scenario/scenario.ts';
import type { Bot } from './Bot.ts';

/** ms for which a network stays away when a scenario does not say. */
const DROP_FOR = 3000;

/** What a bot does now and then, each at random moments around its interval. */
export class Behaviours {
  readonly #random: Random;
  readonly #timers = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(bot: Bot, behaviour: Behaviour, random: Random) {
    this.#random = random;
    const { dropFor = DROP_FOR } = behaviour;
    this.#every(behaviour.mute, () => bot.toggleMute());
    this.#every(behaviour.cameraOff, () => bot.toggleCamera());
    this.#every(behaviour.switchTile, () => bot.switchTile());
    this.#every(behaviour.page, () => bot.turnPage());
    this.#every(behaviour.share, () => bot.toggleScreen());
    this.#every(behaviour.chat, () => bot.chat());
    this.#every(behaviour.dropNetwork, () => bot.dropNetwork(dropFor));
    this.#every(behaviour.rejoin, () => bot.rejoin(true));
    this.#every(behaviour.vanish, () => bot.rejoin(false));
  }

  /** Idempotent. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** The next time comes after half to one and a half intervals, once the last time is over. */
  #every(interval: number | undefined, act: () => Promise<void> | void): void {
    if (interval === undefined) return;
    const next = (): void => {
      if (this.#stopped) return;
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          // What the server refuses is reported by the request.
          void Promise.resolve(act())
            .catch(() => undefined)
            .then(next);
        },
        interval * (0.5 + this.#random()),
      );
      this.#timers.add(timer);
    };
    next();
  }
}
