import type { Connect, SessionClient } from '../../client/element/RoomSession.ts';
import type { PeerState, PublicationState, RoomState, ViewOptions } from '../../client/lib/publicTypes.ts';
import type { RoomStats } from '../../client/lib/statsTypes.ts';
import type { MediaSource, QualityCause } from '../../src/protocol/models.ts';

/** A peer as a test tells it; its producers are called `<name>-<source>`. */
export interface ScriptedPeer {
  name: string;
  connectionQuality?: number;
  role?: PeerState['role'];
  handRaisedAt?: number;
  spotlightAt?: number;
  speaking?: boolean;
  publications: { source: MediaSource; paused?: boolean; playing?: boolean; cause?: QualityCause }[];
}

/** What is in the room besides the local peer, which publishes nothing. */
export interface ScriptedState {
  peers: ScriptedPeer[];
  dominantPeerId?: string;
  audioOnly?: boolean;
  /** Of the local peer. */
  role?: PeerState['role'];
  own?: ScriptedPeer['publications'];
}

declare global {
  interface Window {
    scriptedRoom: ReturnType<typeof makeScriptedRoom>;
    /** What a producer shows; absent: a colour that changes. */
    paintPicture?: (producerId: string) => HTMLCanvasElement;
  }
}

/** Runs in the page. Everything that it needs is inside. */
export function makeScriptedRoom() {
  const views = new Map<string, ViewOptions>();
  const tracks = new Map<string, MediaStreamTrack>();
  const listeners = new Set<() => void>();
  let reports = 0;
  let state: RoomState;

  function picture(producerId: string): MediaStreamTrack {
    let track = tracks.get(producerId);
    if (!track) {
      const canvas = window.paintPicture?.(producerId) ?? changingColour();
      [track] = canvas.captureStream(10).getVideoTracks() as [MediaStreamTrack];
      tracks.set(producerId, track);
    }
    return track;
  }

  function changingColour(): HTMLCanvasElement {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const drawing = canvas.getContext('2d');
    setInterval(() => {
      if (!drawing) return;
      drawing.fillStyle = `hsl(${(performance.now() / 30) % 360} 40% 45%)`;
      drawing.fillRect(0, 0, 320, 180);
    }, 100);
    return canvas;
  }

  function toPeer({ name, connectionQuality, publications, ...standing }: ScriptedPeer): PeerState {
    const { role, handRaisedAt, spotlightAt, speaking } = standing;
    return {
      role: role ?? 'speaker',
      ...(handRaisedAt === undefined ? {} : { handRaisedAt }),
      ...(spotlightAt === undefined ? {} : { spotlightAt }),
      peerId: name,
      name,
      joinedAt: 0,
      isLocal: name === 'Me',
      level: speaking ? -30 : -127,
      speaking: speaking ?? false,
      connectionQuality: connectionQuality ?? null,
      publications: publications.map(({ source, paused, playing, cause }): PublicationState => {
        const producerId = `${name}-${source}`;
        return {
          producerId,
          source,
          kind: source === 'microphone' || source === 'screenAudio' ? 'audio' : 'video',
          paused: paused ?? false,
          track: playing ? picture(producerId) : null,
          quality: cause ? { cause, score: 3 } : null,
        };
      }),
    };
  }

  let readings = 0;
  /** Of a connection that has its ups and downs. */
  function statistics(): RoomStats {
    readings += 1;
    const wave = (low: number, high: number, pace: number): number =>
      low + ((high - low) * (1 + Math.sin(readings / pace))) / 2;
    const way = {
      roundTripTime: wave(18, 64, 5),
      availableBitrate: wave(2.2e6, 3e6, 9),
      bitrate: wave(0.9e6, 1.6e6, 4),
      packets: readings * 160,
      packetsLost: Math.floor(readings / 4),
    };
    const tracks = state.peers.flatMap((peer) =>
      peer.publications.map(({ producerId, source, kind }) => ({
        producerId,
        peerId: peer.peerId,
        source,
        kind,
        direction: peer.isLocal ? ('send' as const) : ('receive' as const),
        bitrate: wave(4e5, 9e5, 4),
        packets: readings * 90,
        packetsLost: Math.floor(readings / 5),
        jitter: wave(2, 14, 3),
        roundTripTime: peer.isLocal ? wave(20, 70, 5) : null,
        frameWidth: 640,
        frameHeight: 360,
        framesPerSecond: wave(22, 30, 3),
        framesDropped: peer.isLocal ? null : 3,
        freezeCount: peer.isLocal ? null : 1,
        codec: kind === 'video' ? 'video/VP8' : 'audio/opus',
        layers: [],
      })),
    );
    return { connection: { send: way, receive: way }, tracks, raw: { send: null, receive: null } };
  }

  const nothing = (): Promise<never> => Promise.reject(new Error('not in this room'));
  const client: SessionClient = {
    get state() {
      return state;
    },
    on(event, listener) {
      if (event !== 'stateChanged') return () => undefined;
      const told = (): void => (listener as (now: RoomState, before: RoomState) => void)(state, state);
      listeners.add(told);
      return () => listeners.delete(told);
    },
    setView(producerId, view) {
      reports += 1;
      views.set(producerId, view);
    },
    leave: () => Promise.resolve(),
    publishMicrophone: nothing,
    publishCamera: nothing,
    publishScreen: nothing,
    unpublish: nothing,
    setMuted: nothing,
    replaceTrack: nothing,
    sendChat: nothing,
    sendData: nothing,
    updateSelf: nothing,
    removePeer: nothing,
    sendFile: () => Promise.reject(new Error('nobody takes files here')),
    react: nothing,
    raiseHand: nothing,
    lowerHand: nothing,
    get moderation(): never {
      throw new Error('nobody here is a host');
    },
    getStats: () => Promise.resolve(statistics()),
    startRecording: nothing,
    stopRecording: nothing,
  };

  return {
    views,
    reports: () => reports,
    set({ peers, dominantPeerId, audioOnly, role, own = [] }: ScriptedState): void {
      const all = [{ name: 'Me', publications: own, ...(role ? { role } : {}) }, ...peers].map(toPeer);
      const inOrder = (key: 'handRaisedAt' | 'spotlightAt'): PeerState[] =>
        all.filter((peer) => peer[key] !== undefined).sort((a, b) => a[key]! - b[key]!);
      state = {
        status: 'connected',
        closeReason: null,
        room: 'scripted',
        metadata: '',
        peerId: 'Me',
        peers: all,
        role: role ?? 'speaker',
        hands: inOrder('handRaisedAt'),
        spotlight: inOrder('spotlightAt'),
        settings: {
          webinar: false,
          locked: false,
          waitingRoom: false,
          hasPassword: false,
          chat: true,
          screenShare: true,
          unmute: true,
          maxFileSize: 0,
        },
        waiting: [],
        dominantPeerId: dominantPeerId ?? null,
        chat: [],
        permissions: {
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
          canUpdateOwnMetadata: true,
          roomAdmin: false,
        },
        audioOnly: audioOnly ?? false,
        trouble: null,
        forwarding: {
          loudest: 4,
          lastN: 25,
          dynacast: true,
          videoCodecs: ['video/VP8'],
          audioBitrate: 0,
          maxOutgoingBitrate: 0,
        },
        videoCodec: 'video/VP8',
        recording: null,
        recordingEndReason: null,
      };
      for (const listener of [...listeners]) listener();
    },
    async embed(height: string): Promise<void> {
      await customElements.whenDefined('parley-room');
      const element = document.createElement('parley-room');
      const connect: Connect = () => Promise.resolve(client);
      Object.assign(element, { room: 'scripted', audio: '0', video: '0', autojoin: true, connect });
      document.body.style.margin = '0';
      // As on the room's own page, which may be lower than the element is by itself.
      Object.assign(element.style, { height, minHeight: '0' });
      document.body.append(element);
    },
    /** As when the person changes to another tab, or comes back. */
    turnAway(hidden: boolean): void {
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        value: hidden ? 'hidden' : 'visible',
      });
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
}
