import type { MediaSource, PeerInfo, ProducerInfo } from '../../protocol/models.ts';
import type { Room } from '../../sfu/Room.ts';
import { peersOf } from '../../sfu/roomSnapshot.ts';
import { TypedEmitter } from '../../support/TypedEmitter.ts';

/** Whom a player watches: somebody by peer id or identity, or (undefined) whoever speaks. */
export type Target = string | undefined;

/** Producer ids. */
export interface Selected {
  readonly audio: string | undefined;
  readonly video: string | undefined;
  /** Whose the picture is. */
  readonly shown: string | undefined;
}

interface SelectionEvents {
  /** Perhaps. */
  changed: [];
}

const FACTS = ['producerAdded', 'producerClosed', 'producerPaused', 'producerResumed', 'peerLeft'] as const;
const VIDEOS: readonly MediaSource[] = ['camera', 'custom', 'screen'];
const SOUNDS: readonly MediaSource[] = ['microphone', 'custom', 'screenAudio'];

/** Which tracks of a room a player is shown, whichever node they are on. */
export class Selection extends TypedEmitter<SelectionEvents> {
  readonly #room: Room;
  readonly #target: Target;
  readonly #off: (() => void)[];
  /** Whose picture was shown last, which stays while who speaks has none. */
  #shown: string | undefined;

  constructor(room: Room, target: Target) {
    super();
    this.#room = room;
    this.#target = target;
    const tell = (): void => this.emit('changed');
    const { elsewhere } = room;
    this.#off = FACTS.flatMap((fact) => [room.on(fact, tell), elsewhere.on(fact, tell)]);
    if (target === undefined)
      this.#off.push(
        room.speakers.on('changed', (what) => {
          if (what !== 'levels') tell();
        }),
      );
  }

  /** As of now. */
  current(): Selected {
    const selected = select(this.#room, this.#target, this.#shown);
    this.#shown = selected.shown;
    return selected;
  }

  /** Idempotent. */
  close(): void {
    for (const off of this.#off.splice(0)) off();
  }
}

/** What a player is shown now. @param shown Whose picture it was before. */
export function select(room: Room, target: Target, shown?: string): Selected {
  const peers = peersOf(room);
  const peer = (id: string | null | undefined): PeerInfo | undefined =>
    peers.find(({ peerId }) => peerId === id);
  const inOrder =
    target === undefined
      ? [peer(speakerOf(room, peers)), peer(shown), ...peers]
      : [peer(target) ?? peers.find(({ identity }) => identity === target)];
  const video = first(inOrder, 'video', VIDEOS);
  const audio = first(inOrder, 'audio', SOUNDS);
  return { audio: audio?.producerId, video: video?.producerId, shown: video?.peerId };
}

/** Who holds the floor; whoever muted himself keeps it, in a room, until somebody takes it, and then the loudest speaks. */
function speakerOf({ speakers }: Room, peers: readonly PeerInfo[]): string | null {
  const { dominantPeerId, levels } = speakers;
  const holder = peers.find(({ peerId }) => peerId === dominantPeerId);
  const isOpen = holder?.producers.some(({ kind, paused }) => kind === 'audio' && !paused) ?? false;
  return isOpen ? dominantPeerId : (levels[0]?.peerId ?? dominantPeerId);
}

/** Somebody's who is not muted, else anybody's. */
function first(
  peers: readonly (PeerInfo | undefined)[],
  kind: 'audio' | 'video',
  sources: readonly MediaSource[],
): ProducerInfo | undefined {
  const picked = peers.flatMap((peer) => pick(peer, kind, sources) ?? []);
  return picked.find(({ paused }) => !paused) ?? picked[0];
}

function pick(
  peer: PeerInfo | undefined,
  kind: 'audio' | 'video',
  sources: readonly MediaSource[],
): ProducerInfo | undefined {
  const own = (peer?.producers ?? []).filter((producer) => producer.kind === kind);
  const inOrder = sources.flatMap((source) => own.filter((producer) => producer.source === source));
  return inOrder.find(({ paused }) => !paused) ?? inOrder[0];
}
