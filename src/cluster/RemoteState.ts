import type { Room } from '../sfu/Room.ts';
import type { Batch, SharedFact, SharedMediaState, SharedState } from './sharedState.ts';

/** How far another node's facts are known. */
interface Position {
  readonly epoch: string;
  readonly version: number;
}

/** What one other node told of its part of a room, put into the room: all of it at once, and then each change in order. */
export class RemoteState {
  readonly node: string;
  readonly #room: Room;
  #position: Position | undefined;
  /** The last that could not be taken, because something before it is missing. */
  #missed: Position | undefined;
  #isAsking = false;
  #isAskedAgain = false;
  #wasAsked = false;
  #saidUntil = 0;
  #retry: NodeJS.Timeout | undefined;
  #going: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(node: string, room: Room) {
    this.node = node;
    this.#room = room;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Whether it was asked at least once, with whatever result. */
  get wasAsked(): boolean {
    return this.#wasAsked;
  }

  /** Whether it must be asked again. */
  get isOutdated(): boolean {
    return !this.#closed && !this.#isAsking && this.#isAskedAgain;
  }

  /** When the last message of its peers was sent, ms by its clock. */
  get saidUntil(): number {
    return this.#saidUntil;
  }

  /** Returns whether to ask it now; otherwise it is outdated once it was asked. */
  beginAsking(): boolean {
    if (this.#closed) return false;
    this.#isAskedAgain = this.#isAsking;
    if (this.#isAsking) return false;
    clearTimeout(this.#retry);
    this.#isAsking = true;
    return true;
  }

  asked(): void {
    this.#isAsking = false;
    this.#wasAsked = true;
  }

  /** Takes in what is next. Returns false when something before it is missing. */
  take({ epoch, version, facts }: Batch): boolean {
    const position = this.#position;
    if (position?.epoch === epoch && version <= position.version) return true;
    if (position?.epoch !== epoch || version !== position.version + 1) {
      this.#missed = { epoch, version };
      // What is asked for already holds it, or shows that it does not.
      return this.#isAsking;
    }
    this.#position = { epoch, version };
    for (const fact of facts) this.#apply(fact);
    return true;
  }

  /** Takes in everything at once; what is not in it is gone. */
  replace(state: SharedState): void {
    const { epoch, version, heard, decoders, chat } = state;
    if (this.#position?.epoch === epoch && version < this.#position.version) return;
    this.#position = { epoch, version };
    const { elsewhere, speakers, conduct } = this.#room;
    conduct.former.merge(state.former ?? []);
    conduct.lobby.heardElsewhere(this.node, state.waiting ?? []);
    elsewhere.replace(this.node, { ...state, tracks: state.media.tracks });
    this.#replaceMedia(state.media);
    elsewhere.setDecoders(this.node, decoders);
    this.#room.recording.isMadeBy(this.node, state.recording ?? null);
    speakers.heardElsewhere(this.node, heard);
    for (const message of this.#room.chat.merge(chat)) elsewhere.said(message);
    for (const { peerId, sentAt } of chat)
      if (elsewhere.peers.get(peerId)?.node === this.node)
        this.#saidUntil = Math.max(this.#saidUntil, sentAt);
    const missed = this.#missed;
    this.#missed = undefined;
    if (missed?.epoch === epoch && missed.version > version) this.#isAskedAgain = true;
  }

  /** It is not a member at present: unless it is one again, this is the end of it. @param ms */
  goesIn(ms: number, go: () => void): void {
    clearTimeout(this.#going);
    this.#going = setTimeout(go, ms).unref();
  }

  stays(): void {
    clearTimeout(this.#going);
  }

  /** @param ms */
  tryAgainIn(ms: number, ask: () => void): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(ask, ms).unref();
  }

  /** Its peers leave the room. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#going);
    if (this.#room.closed) return;
    const { elsewhere, speakers, forwarding, conduct } = this.#room;
    elsewhere.nodeGone(this.node);
    this.#room.recording.isMadeBy(this.node, null, 'serverClosed');
    conduct.lobby.heardElsewhere(this.node, []);
    speakers.nodeGone(this.node);
    forwarding.microphones.heardElsewhere(this.node, new Map());
    forwarding.demand.left(this.node);
  }

  #apply(fact: SharedFact): void {
    const { elsewhere, speakers, chat, forwarding, conduct } = this.#room;
    switch (fact.fact) {
      case 'peer':
        elsewhere.put(this.node, fact.peer, fact);
        break;
      case 'left':
        elsewhere.remove(this.node, fact.peerId, fact.reason);
        break;
      case 'chat':
        this.#saidUntil = Math.max(this.#saidUntil, fact.message.sentAt);
        if (chat.receive(fact.message)) elsewhere.said(fact.message);
        break;
      case 'reaction':
        conduct.react({ peerId: fact.peerId, reaction: fact.reaction }, 'elsewhere');
        break;
      case 'lobby':
        conduct.lobby.heardElsewhere(this.node, fact.waiting);
        break;
      case 'heard':
        speakers.heardElsewhere(this.node, fact.heard);
        break;
      case 'decoders':
        elsewhere.setDecoders(this.node, fact.decoders);
        break;
      case 'recording':
        this.#room.recording.isMadeBy(this.node, fact.recording, fact.endReason);
        break;
      case 'needs':
        this.#need(fact.needs);
        break;
      case 'voices':
        forwarding.microphones.heardElsewhere(this.node, new Map(Object.entries(fact.levels)));
        break;
      case 'sending':
        this.#sends(fact.tracks);
        break;
      case 'connections':
        forwarding.quality.connectedElsewhere(fact.peers);
        break;
      case 'settings':
      case 'definition':
        // Nobody's own: whoever shares the room compares them.
        break;
    }
  }

  #replaceMedia({ needs, voices, sending, connections }: SharedMediaState): void {
    const { forwarding, tracks } = this.#room;
    const own = Object.entries(needs).filter(([producerId]) => tracks.local(producerId));
    forwarding.demand.replaceElsewhere(this.node, Object.fromEntries(own));
    forwarding.microphones.heardElsewhere(this.node, new Map(Object.entries(voices)));
    forwarding.quality.connectedElsewhere(connections);
    this.#sends(sending);
  }

  /** Those of a third node are nothing to this one. */
  #need(needs: Readonly<Record<string, number>>): void {
    const { forwarding, tracks } = this.#room;
    for (const [producerId, layer] of Object.entries(needs)) {
      if (tracks.local(producerId)) forwarding.demand.neededElsewhere(this.node, producerId, layer);
    }
  }

  #sends(sending: SharedMediaState['sending']): void {
    for (const [producerId, how] of Object.entries(sending)) {
      const track = this.#room.tracks.remote(producerId);
      if (track?.node === this.node) track.sends(how);
    }
  }
}
