import { beforeEach, describe, expect, it } from '@jest/globals';
import { LocalDevices } from '../../client/element/LocalDevices.ts';
import { RoomSession } from '../../client/element/RoomSession.ts';
import type { Connect, SessionReports } from '../../client/element/sessionTypes.ts';
import { initialRoom } from '../../client/lib/initialRoom.ts';
import type { PeerState, PublicationState } from '../../client/lib/publicTypes.ts';

const track = {} as MediaStreamTrack;
const microphone: PublicationState = {
  producerId: 'microphone',
  source: 'microphone',
  kind: 'audio',
  paused: false,
  track,
  quality: null,
};

/** A room that does what is asked of it when the test says so. */
class SlowRoom {
  paused = false;
  readonly asked: string[] = [];
  #go: (() => void)[] = [];

  get state() {
    const publications = [{ ...microphone, paused: this.paused }];
    const me = { peerId: 'me', isLocal: true, publications } as unknown as PeerState;
    return { ...initialRoom('standup').view, permissions: { canPublish: true }, peers: [me] };
  }

  readonly on = (): (() => void) => () => undefined;

  async setMuted(_: string, muted: boolean): Promise<void> {
    this.asked.push(muted ? 'mute' : 'unmute');
    await new Promise<void>((go) => this.#go.push(go));
    this.paused = muted;
  }

  readonly publishScreen = (): Promise<void> => {
    this.asked.push('screen');
    return new Promise((go) => this.#go.push(go));
  };

  /** Lets go what was asked for, and whatever is asked for then. */
  async go(): Promise<void> {
    while (this.#go.length > 0) {
      for (const go of this.#go.splice(0)) go();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('a stay in a room', () => {
  let room: SlowRoom;
  let session: RoomSession;

  beforeEach(async () => {
    room = new SlowRoom();
    const reports = new Proxy({} as SessionReports, { get: () => () => undefined });
    session = new RoomSession(new LocalDevices(() => undefined), reports, () => ({
      maxHeight: 0,
      pictures: true,
    }));
    await session.open((() => Promise.resolve(room)) as unknown as Connect, { room: 'standup', name: 'Me' });
  });

  it('mutes and unmutes in turn, however fast that is asked for', async () => {
    const changes = [session.toggleAudio(), session.toggleAudio(), session.toggleAudio()];
    expect(room.asked).toEqual(['mute']);
    await room.go();
    await Promise.all(changes);
    expect(room.asked).toEqual(['mute', 'unmute', 'mute']);
  });

  it('unmutes once where that is under way', async () => {
    room.paused = true;
    const changes = [session.toggleAudio(), session.toggleAudio(true)];
    await room.go();
    await Promise.all(changes);
    expect(room.asked).toEqual(['unmute']);
  });

  it('does not ask a second time which screen to share', async () => {
    const changes = [session.toggleScreen(), session.toggleScreen()];
    await room.go();
    await Promise.all(changes);
    expect(room.asked).toEqual(['screen']);
  });
});
