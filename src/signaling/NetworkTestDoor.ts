import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { NetworkTest } from '../sfu/networkTest/NetworkTest.ts';
import type { NetworkTests } from '../sfu/networkTest/NetworkTests.ts';
import { ParleyError } from '../support/errors.ts';
import { networkOf } from '../support/networkOf.ts';

/** Tests that one address may begin: this many in this many seconds; a class may come from behind one address. */
const RATE = { points: 30, duration: 60 };

/** Where people who have not joined come to test their network. */
export class NetworkTestDoor {
  readonly #tests: NetworkTests;
  readonly #limiter = new RateLimiterMemory(RATE);

  constructor(tests: NetworkTests) {
    this.#tests = tests;
  }

  /** On which the server has media. */
  get ports(): number[] {
    return this.#tests.ports;
  }

  /** @throws ParleyError `rateLimited`, and as `NetworkTests.open`. */
  async open(address: string, relay: boolean): Promise<NetworkTest> {
    try {
      await this.#limiter.consume(networkOf(address));
    } catch {
      throw new ParleyError('rateLimited', 'too many tests of the network; try again in a minute');
    }
    return this.#tests.open(relay);
  }
}
