import type { RoomSettings } from '../../../src/protocol/conduct.ts';
import type { Participant } from '../chromium.ts';
import { PATIENCE } from './Tourist.ts';

/** As much of the SDK's room as the crowd needs. */
interface CrowdRoom {
  state: {
    status: string;
    settings: RoomSettings;
    peers: {
      name: string;
      handRaisedAt?: number;
      spotlightAt?: number;
      publications: { source: string; paused: boolean }[];
    }[];
  };
  raiseHand(): Promise<void>;
  leave(): Promise<void>;
}

interface Member {
  room: CrowdRoom | null;
  waits: boolean;
  /** Why it did not get in. */
  refused: string | null;
}

declare global {
  interface Window {
    crowd: Map<string, Member>;
  }
}

/** People without camera and microphone, all in one page: they knock, look on and raise hands. */
export class Crowd {
  readonly #host: Participant;
  readonly #url: string;

  /** @param host In whose page they are; when that page goes, so do they, and the room waits for them for a while. */
  constructor(host: Participant, url: string) {
    this.#host = host;
    this.#url = url;
  }

  /** Has them go to a room's door. */
  async come(room: string, ...names: string[]): Promise<void> {
    await this.#host.run(
      async ({ url, room, names }) => {
        const { connect } = (await import(`${url}/sdk/parley.js`)) as {
          connect: (options: object) => Promise<CrowdRoom>;
        };
        if (!('crowd' in window)) Object.assign(window, { crowd: new Map<string, Member>() });
        for (const name of names) {
          const member: Member = { room: null, waits: false, refused: null };
          window.crowd.set(name, member);
          connect({ room, name, onWaiting: () => (member.waits = true) }).then(
            (joined) => (member.room = joined),
            (error: unknown) => (member.refused = (error as { code?: string }).code ?? String(error)),
          );
        }
      },
      { url: this.#url, room, names },
    );
  }

  /** Waits until something holds for all of these. */
  async are(how: 'waiting' | 'in' | 'denied' | 'closed', ...names: string[]): Promise<void> {
    await this.#host.until(
      `${names.join(' and ')} to be ${how}`,
      ({ how, names }) =>
        names.every((name) => {
          const member = window.crowd.get(name);
          if (how === 'waiting') return member?.waits;
          if (how === 'in') return member?.room?.state.status === 'connected';
          if (how === 'closed') return member?.room?.state.status === 'closed';
          return member?.refused === 'denied';
        }),
      { how, names },
      PATIENCE,
    );
  }

  async raiseHands(...names: string[]): Promise<void> {
    await this.#host.run(async (names) => {
      for (const name of names) await window.crowd.get(name)?.room?.raiseHand();
    }, names);
  }

  /** Waits until one of them sees a hand up, or down. */
  async seesHand(of: string, up: boolean): Promise<void> {
    await this.#host.until(
      `the hand of ${of} to be ${up ? 'up' : 'down'}`,
      ({ of, up }) => {
        const { room } =
          [...window.crowd.values()].find((member) => member.room?.state.status === 'connected') ?? {};
        const peer = room?.state.peers.find(({ name }) => name === of);
        return peer !== undefined && (peer.handRaisedAt !== undefined) === up;
      },
      { of, up },
      PATIENCE,
    );
  }

  /** Waits until one of them knows that a microphone is on. */
  async hears(of: string): Promise<void> {
    await this.#host.until(
      `the microphone of ${of}`,
      (of) => {
        const { room } =
          [...window.crowd.values()].find((member) => member.room?.state.status === 'connected') ?? {};
        const { publications } = room?.state.peers.find(({ name }) => name === of) ?? {};
        return publications?.some(({ source, paused }) => source === 'microphone' && !paused);
      },
      of,
      PATIENCE,
    );
  }

  /** Waits until one of them sees that the room is set so. */
  async sees<K extends keyof RoomSettings>(name: K, value: RoomSettings[K]): Promise<void> {
    await this.#host.until(
      `${name} to be ${String(value)}`,
      ({ name, value }) => {
        const { room } =
          [...window.crowd.values()].find((member) => member.room?.state.status === 'connected') ?? {};
        return room?.state.settings[name] === value;
      },
      { name, value },
      PATIENCE,
    );
  }

  /** All of them leave. */
  async leave(): Promise<void> {
    await this.#host.run(async () => {
      for (const { room } of window.crowd.values()) await room?.leave();
      window.crowd.clear();
    }, null);
  }
}
