import { DEFAULT_SETTINGS, type PeerRole, type Standing } from '../../protocol/conduct.ts';
import type { Permissions } from '../../protocol/models.ts';
import { forbidden } from '../../support/errors.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';
import type { PeerPermissions, PeerRules } from '../PeerPermissions.ts';
import { withSpeech } from './roles.ts';

/** What to change about a standing: what is absent stays, null goes. */
export interface StandingChange {
  role?: PeerRole | undefined;
  handRaisedAt?: number | null | undefined;
  spotlightAt?: number | null | undefined;
}

/** A standing with what only the peer's own node knows of it. */
export interface KeptStanding extends Standing {
  /** Its microphone was on, or a host asked for it. */
  wasHeard?: boolean;
}

interface PeerConductEvents {
  /** Role, hand or place on the stage are other ones. */
  changed: [];
  /** It may do something else than before. */
  permissionsChanged: [permissions: Permissions];
  /** A host wants to hear it. */
  unmuteAsked: [by: string];
}

/** What a peer is in its room: its role, its hand, its place on the stage, and what it may do by that. */
export class PeerConduct extends TypedEmitter<PeerConductEvents> {
  readonly #permissions: PeerPermissions;
  #rules: PeerRules = DEFAULT_SETTINGS;
  #role: PeerRole = 'speaker';
  #handRaisedAt: number | undefined;
  #spotlightAt: number | undefined;
  #unattended: true | undefined;

  constructor(permissions: PeerPermissions) {
    super();
    this.#permissions = permissions;
  }

  get role(): PeerRole {
    return this.#role;
  }

  get handRaisedAt(): number | undefined {
    return this.#handRaisedAt;
  }

  /** As the others are told. */
  get standing(): Standing {
    return {
      ...(this.#role === 'speaker' ? {} : { role: this.#role }),
      ...(this.#handRaisedAt === undefined ? {} : { handRaisedAt: this.#handRaisedAt }),
      ...(this.#spotlightAt === undefined ? {} : { spotlightAt: this.#spotlightAt }),
      ...(this.#unattended ? { unattended: true } : {}),
    };
  }

  /** As another node is told that the peer moves to. */
  get kept(): KeptStanding {
    return { ...this.standing, role: this.#role, wasHeard: this.#permissions.wasHeard };
  }

  /** It comes in, as this. Nothing is told. */
  begin(standing: KeptStanding, rules: PeerRules): void {
    const { role = 'speaker', handRaisedAt, spotlightAt, unattended, wasHeard } = standing;
    this.#unattended = unattended;
    this.#handRaisedAt = handRaisedAt;
    this.#spotlightAt = spotlightAt;
    this.#role = role;
    this.#rules = rules;
    if (wasHeard) this.#permissions.hear(true);
    const { granted } = this.#permissions;
    if (role !== 'viewer' && !granted.roomAdmin) this.#permissions.set(withSpeech(granted));
    this.#permissions.place(role, rules);
  }

  /** Somebody's word about it. @throws ParleyError `forbidden` for another role of whoever is host by its token. */
  stand({ role = this.#role, handRaisedAt, spotlightAt }: StandingChange): void {
    const before = JSON.stringify(this.standing);
    const isToSpeak = role !== this.#role && this.#role === 'viewer';
    if (role !== this.#role) this.#become(role);
    // It was raised to be let speak.
    if (isToSpeak) this.#handRaisedAt = undefined;
    if (handRaisedAt !== undefined) this.#handRaisedAt = handRaisedAt ?? undefined;
    if (spotlightAt !== undefined) this.#spotlightAt = spotlightAt ?? undefined;
    if (JSON.stringify(this.standing) !== before) this.emit('changed');
  }

  /** The operator's word: what it grants makes a speaker or a viewer of whoever is no host. */
  grant(permissions: Permissions): void {
    this.#permissions.set({ ...permissions, roomAdmin: this.#permissions.granted.roomAdmin });
    const role = permissions.canPublish ? 'speaker' : 'viewer';
    const isOther = this.#role !== 'host' && this.#role !== role;
    if (isOther) this.#role = role;
    this.#permissions.place(this.#role, this.#rules);
    this.emit('permissionsChanged', this.#permissions.current);
    if (isOther) this.emit('changed');
  }

  /** The room's settings are different. */
  follow(rules: PeerRules): void {
    this.#rules = rules;
    this.#place();
  }

  /** A host wants to hear it: it may unmute. */
  askToUnmute(by: string): void {
    this.#permissions.hear(true);
    this.emit('unmuteAsked', by);
  }

  #become(role: PeerRole): void {
    const { granted } = this.#permissions;
    if (granted.roomAdmin) throw forbidden('this peer is a host by its token');
    this.#role = role;
    if (role !== 'viewer') this.#permissions.set(withSpeech(granted));
    this.#place();
  }

  #place(): void {
    const before = JSON.stringify(this.#permissions.current);
    this.#permissions.place(this.#role, this.#rules);
    const { current } = this.#permissions;
    if (JSON.stringify(current) !== before) this.emit('permissionsChanged', current);
  }
}
