import type { PeerQuality } from '../protocol/models.ts';
import type { LocalTrack } from '../sfu/LocalTrack.ts';
import type { TrackDescription, TrackSending } from '../sfu/RemoteTrack.ts';
import type { Room } from '../sfu/Room.ts';
import { Throttle } from '../support/Throttle.ts';
import type { SharedFact, SharedMediaState } from './sharedState.ts';

/** ms between two messages about how loud the loudest are, but for who becomes one of them. */
const VOICES = 250;
/** dB by which one of them must be louder or softer to be told. */
const LEVEL_STEP = 6;
/** Steps in which the loss and the round trip of a publisher are told: a share of packets, and ms. */
const LOSS_STEP = 0.01;
const DELAY_STEP = 20;

export type MediaFactName = 'needs' | 'voices' | 'sending' | 'connections';

/**
 * What this node, and no other, knows of a room's media: what its tracks are like, how they and their publishers fare,
 * who is loud, and what its peers need of the tracks of others.
 */
export class OwnMediaFacts {
  readonly #room: Room;
  readonly #isHeard: () => boolean;
  readonly #gather: (fact: MediaFactName) => void;
  readonly #off: (() => void)[];
  readonly #voiceThrottle = new Throttle(() => this.#gather('voices'));
  /** Changes that are not told yet. */
  readonly #needs = new Map<string, number>();
  readonly #connections = new Map<string, PeerQuality>();
  readonly #sending = new Map<string, TrackSending>();
  /** As told last. */
  readonly #sent = new Map<string, string>();
  #voices: ReadonlyMap<string, number> = new Map();
  #voicesTold: ReadonlyMap<string, number> = new Map();

  /**
   * @param isHeard Whether anybody would hear; whoever comes later gets the state.
   * @param gather Has what is different taken and told.
   */
  constructor(room: Room, isHeard: () => boolean, gather: (fact: MediaFactName) => void) {
    this.#room = room;
    this.#isHeard = isHeard;
    this.#gather = gather;
    const { forwarding, remoteTracks } = room;
    this.#off = [
      remoteTracks.on('needed', (producerId, layer) => {
        if (!isHeard()) return;
        this.#needs.set(producerId, layer);
        gather('needs');
      }),
      forwarding.microphones.on('measuredHere', (levels) => this.#measured(levels)),
      forwarding.quality.on('peersChanged', (peers) => {
        if (!isHeard()) return;
        for (const peer of peers) this.#connections.set(peer.peerId, peer);
        gather('connections');
      }),
      forwarding.quality.on('measured', () => this.#look()),
    ];
  }

  /** What is different since it was told last. */
  take(name: MediaFactName): SharedFact[] {
    switch (name) {
      case 'needs': {
        const needs = Object.fromEntries(this.#needs);
        this.#needs.clear();
        return [{ fact: 'needs', needs }];
      }
      case 'voices': {
        this.#voicesTold = this.#voices;
        return [{ fact: 'voices', levels: Object.fromEntries(this.#voices) }];
      }
      case 'sending': {
        const tracks = Object.fromEntries(this.#sending);
        this.#sending.clear();
        return [{ fact: 'sending', tracks }];
      }
      case 'connections': {
        const peers = [...this.#connections.values()];
        this.#connections.clear();
        return [{ fact: 'connections', peers }];
      }
    }
  }

  /** All of it as of now. */
  state(): SharedMediaState {
    const { tracks, remoteTracks, forwarding } = this.#room;
    const local = [...tracks.locals];
    return {
      tracks: Object.fromEntries(local.map((track) => [track.producer.id, describe(track)])),
      sending: Object.fromEntries(local.map((track) => [track.producer.id, this.#sendingOf(track)])),
      needs: Object.fromEntries(remoteTracks.needs),
      voices: Object.fromEntries(this.#voices),
      connections: [...forwarding.quality.connectionsHere],
    };
  }

  /** What the tracks of a peer are like. */
  tracksOf(producers: readonly { producerId: string }[]): Record<string, TrackDescription> {
    const { tracks } = this.#room;
    return Object.fromEntries(
      producers.flatMap(({ producerId }) => {
        const track = tracks.local(producerId);
        return track ? [[producerId, describe(track)]] : [];
      }),
    );
  }

  /** Idempotent. */
  close(): void {
    for (const off of this.#off.splice(0)) off();
    this.#voiceThrottle.close();
  }

  #measured(levels: ReadonlyMap<string, number>): void {
    const told = this.#voicesTold;
    this.#voices = levels;
    const isOther = levels.size !== told.size || [...levels.keys()].some((id) => !told.has(id));
    const isLouder = ([id, level]: [string, number]): boolean =>
      Math.abs(level - (told.get(id) ?? level)) >= LEVEL_STEP;
    // Whoever becomes one of the loudest waits to be heard.
    if (isOther) this.#voiceThrottle.now();
    else if ([...levels].some(isLouder)) this.#voiceThrottle.notWithin(VOICES);
  }

  #look(): void {
    if (!this.#isHeard()) return;
    const { tracks } = this.#room;
    for (const id of this.#sent.keys()) if (!tracks.local(id)) this.#sent.delete(id);
    for (const track of tracks.locals) {
      const { id } = track.producer;
      const sending = this.#sendingOf(track);
      const text = JSON.stringify(sending);
      if (text === this.#sent.get(id)) continue;
      this.#sent.set(id, text);
      this.#sending.set(id, sending);
    }
    if (this.#sending.size > 0) this.#gather('sending');
  }

  #sendingOf({ owner, sent, limitedBy }: LocalTrack): TrackSending {
    const { up, roundTrip } = this.#room.forwarding.quality.links.of(owner);
    return {
      sent: [...sent].sort((a, b) => a - b),
      limitedBy,
      link: {
        up: Number((Math.round(up / LOSS_STEP) * LOSS_STEP).toFixed(2)),
        roundTrip: Math.round(roundTrip / DELAY_STEP) * DELAY_STEP,
      },
    };
  }
}

function describe({ producer, codec, picture }: LocalTrack): TrackDescription {
  return { type: producer.type, codec, ...(producer.kind === 'video' ? { picture } : {}) };
}
