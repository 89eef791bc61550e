import { DEFAULT_SETTINGS, type RoomSettings, type Standing } from '../../protocol/conduct.ts';
import type { PeerCloseReason, PeerInfo, Permissions } from '../../protocol/models.ts';
import { forbidden, ParleyError } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { Limits } from '../limits.ts';
import type { Peer } from '../Peer.ts';
import type { PeerOptions } from '../peerParts.ts';
import type { RoomDefinition } from '../RoomDefinition.ts';
import type { RoomElsewhere } from '../RoomElsewhere.ts';
import { isHidden, peersOf } from '../roomSnapshot.ts';
import { FormerStandings } from './FormerStandings.ts';
import { Lobby } from './Lobby.ts';
import type { KeptStanding } from './PeerConduct.ts';
import { roleByGrant } from './roles.ts';
import { RoomHosts } from './RoomHosts.ts';

export interface RoomConductParts {
  peers: ReadonlyMap<string, Peer>;
  elsewhere: RoomElsewhere;
  definition: () => RoomDefinition;
  /** Whether the first who comes is host: nobody has to bring a token here. */
  firstIsHost: boolean;
  limits: Limits;
}

/** Who comes, as far as it matters for letting it in. */
export interface Comer {
  identity?: string | undefined;
  permissions: Permissions;
  /** The id that it had in this room, of which it brought proof. */
  formerly?: string | undefined;
}

interface RoomConductEvents {
  /** Somebody shows what it thinks of this moment; `elsewhere` on another node. */
  reacted: [reaction: { peerId: string; reaction: string }, by: 'here' | 'elsewhere'];
}

/** Who does what in a room, and who is let in, by what its hosts have set. */
export class RoomConduct extends TypedEmitter<RoomConductEvents> {
  readonly lobby: Lobby;
  readonly former = new FormerStandings();
  readonly #parts: RoomConductParts;
  readonly #hosts: RoomHosts;

  constructor(parts: RoomConductParts) {
    super();
    this.#parts = parts;
    const { peers, limits, elsewhere } = parts;
    this.lobby = new Lobby(limits);
    this.#hosts = new RoomHosts({
      isOn: () => parts.firstIsHost && parts.definition().rules?.firstIsHost !== false,
      peers,
      people: () => this.#visible.filter(({ unattended }) => !unattended),
      grace: limits.hostGrace,
    });
    elsewhere.on('peerJoined', (info) => {
      this.#hosts.met(info);
      this.#hosts.look();
    });
    elsewhere.on('peerUpdated', () => this.#hosts.look());
    elsewhere.on('peerLeft', ({ info }, reason) => this.#gone(info, reason));
  }

  get settings(): RoomSettings {
    const { rules, passwordHash } = this.#parts.definition();
    const set = { ...rules };
    delete set.firstIsHost;
    return { ...DEFAULT_SETTINGS, ...set, hasPassword: (passwordHash ?? '') !== '' };
  }

  /** Everybody whose hand is raised, first of all who raised it first. */
  get hands(): PeerInfo[] {
    const raised = this.#visible.filter(({ handRaisedAt }) => handRaisedAt !== undefined);
    return raised.sort((a, b) => (a.handRaisedAt ?? 0) - (b.handRaisedAt ?? 0));
  }

  /** When a hand is raised now: after all that are known, whatever the clocks of their nodes say. */
  get nextHand(): number {
    return Math.max(Date.now(), ...this.hands.map(({ handRaisedAt = 0 }) => handRaisedAt + 1));
  }

  /** Whether somebody is let in whatever the hosts have set: it is no stranger, or there is nobody to keep it waiting. */
  isWelcome({ identity, permissions, formerly }: Comer): boolean {
    const { peers, elsewhere } = this.#parts;
    if (permissions.roomAdmin || elsewhere.peerOfIdentity(identity)) return true;
    if (identity !== undefined && [...peers.values()].some((peer) => peer.identity === identity)) return true;
    const former = this.former.find(identity, formerly);
    return former !== undefined && (former.wasLost || former.standing.role === 'host');
  }

  /** Whether somebody has to wait for a host. */
  hasToWait({ identity }: Comer): boolean {
    return this.settings.waitingRoom && !(identity === undefined && this.#hosts.isFirst);
  }

  /**
   * Of who comes in by a way on which nobody can knock or say a password.
   *
   * @throws ParleyError `locked`, `passwordRequired`, `waitingRoom`.
   */
  assertOpenTo(comer: Comer): void {
    const { locked, hasPassword } = this.settings;
    if (this.isWelcome(comer)) return;
    if (locked) throw new ParleyError('locked', 'the room is locked');
    if (hasPassword) throw new ParleyError('passwordRequired', 'the room has a password');
    if (this.hasToWait(comer)) throw new ParleyError('waitingRoom', 'a host has to let people in here');
  }

  /** Somebody is in from now on. */
  enter(
    peer: Peer,
    { standing, formerly, unattended }: Pick<PeerOptions, 'standing' | 'formerly' | 'unattended'>,
  ): void {
    peer.conduct.begin(standing ?? this.#standingOf(peer, formerly, unattended), this.settings);
    this.former.returned(peer.identity, formerly);
  }

  /** Somebody of this node joined, or is something else now. */
  look(): void {
    this.#hosts.look();
  }

  left(peer: Peer, reason: PeerCloseReason): void {
    if (!this.#parts.elsewhere.isThere(peer.id)) this.#gone(peer.info(), reason);
  }

  /** The hosts have set something else. */
  defined(before: RoomSettings): void {
    const { settings } = this;
    for (const { conduct, granted } of this.#parts.peers.values()) {
      conduct.follow(settings);
      // Those whom the end of the webinar lets speak.
      const isSpeaker = !granted.hidden && roleByGrant(granted, settings) === 'speaker';
      if (before.webinar && !settings.webinar && conduct.role === 'viewer' && isSpeaker)
        conduct.stand({ role: 'speaker' });
    }
    if (before.waitingRoom && !settings.waitingRoom) this.lobby.answer(undefined, 'admitted');
    this.#hosts.look();
  }

  /** @throws ParleyError `forbidden`. */
  assertMayWrite({ permissions, conduct }: Peer): void {
    if (!permissions.canPublishData) throw forbidden('this peer may not send messages');
    if (!this.settings.chat && conduct.role !== 'host') throw forbidden('only hosts may write here');
  }

  react(reaction: { peerId: string; reaction: string }, by: 'here' | 'elsewhere' = 'here'): void {
    this.emit('reacted', reaction, by);
  }

  /** Idempotent. */
  close(): void {
    this.#hosts.close();
    this.lobby.close();
  }

  #standingOf(peer: Peer, formerly: string | undefined, unattended = false): KeptStanding {
    const { settings } = this;
    const { identity, granted } = peer;
    const role = roleByGrant(granted, settings);
    if (unattended) return { role, unattended };
    if (granted.hidden || role === 'host') return { role };
    const same: Standing | undefined =
      this.#parts.elsewhere.peerOfIdentity(identity)?.info ??
      this.#replaced(identity)?.conduct.standing ??
      this.former.find(identity, formerly)?.standing;
    // A token that does not let it speak any more was made since.
    if (same) return { ...standingOf(same), role: granted.canPublish ? (same.role ?? 'speaker') : 'viewer' };
    if (identity !== undefined || !granted.canPublish || !this.#hosts.isFirst) return { role };
    this.#hosts.made(peer);
    return { role: 'host' };
  }

  #replaced(identity: string | undefined): Peer | undefined {
    if (identity === undefined) return undefined;
    return [...this.#parts.peers.values()].find((peer) => peer.identity === identity);
  }

  #gone(info: PeerInfo, reason: PeerCloseReason): void {
    this.former.left(info, reason);
    this.#hosts.look();
  }

  get #visible(): PeerInfo[] {
    const { peers, elsewhere } = this.#parts;
    return peersOf({ peers, elsewhere }).filter(({ peerId }) => !isHidden({ peers, elsewhere }, peerId));
  }
}

function standingOf({ role, handRaisedAt, spotlightAt }: Standing): Standing {
  return {
    ...(role === undefined ? {} : { role }),
    ...(handRaisedAt === undefined ? {} : { handRaisedAt }),
    ...(spotlightAt === undefined ? {} : { spotlightAt }),
  };
}
