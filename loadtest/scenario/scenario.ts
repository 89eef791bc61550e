/** What a bot publishes from its microphone. `turns`: the room's bots speak one after the other, the rest send DTX. */
export type AudioActivity = 'off' | 'muted' | 'turns' | 'always';

export const VIDEO_CODECS = ['vp8', 'h264', 'vp9'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];

/** Servers that the bots can join. */
export const TARGETS = ['parley', 'mediasoup', 'janus', 'whip', 'whep'] as const;
export type TargetKind = (typeof TARGETS)[number];

export interface VideoPlan {
  codec: VideoCodec;
  /** Simulcast layers, smallest first, 1 to 3; VP9 has one. */
  layers: number;
  /** Height in pixels of the highest layer: 180, 360 or 720. */
  height: 180 | 360 | 720;
  /** Frames a second, 5 to 30. */
  fps: number;
}

/** Which of the others' tracks of a kind a bot subscribes to: all, none, or the first so many. */
export type Subscription = 'all' | 'none' | number;

/** A page of tiles that a bot looks at; other videos are out of its sight. */
export interface TilesPlan {
  count: number;
  /** Of each, in pixels. */
  width: number;
  height: number;
}

export interface SubscribePlan {
  audio: Subscription;
  video: Subscription;
  /** `false`: transport-wide feedback is not answered, as benchmarks against servers without it want; default true. */
  transportCc?: boolean;
  /** Highest simulcast layer that is asked for, 0 to 2; absent: whatever the server sends. */
  maxSpatialLayer?: number;
  /** Absent: the server is not told what the bot looks at. Where servers do not want to know, so many videos. */
  tiles?: TilesPlan;
}

/** How loud a microphone is. `noise`: too loud for DTX when nobody speaks. */
export type Loudness = 'constant' | 'noise';

/** How a bot treats what it publishes. */
export interface PublishPlan {
  /** `false`: it sends all layers, whatever the server asks for; default true. */
  dynacast?: boolean;
  /** Default constant. */
  loudness?: Loudness;
}

/** The access link of a bot, made up in the bot itself. */
export interface NetworkPlan {
  /** bps that arrive at most; more is queued for up to 300 ms and then dropped. */
  downlink?: number;
  /** Share of the packets that are dropped on arrival, 0 to 1. */
  loss?: number;
  /** Share of the packets that are dropped before they are sent, 0 to 1. */
  uplinkLoss?: number;
}

/** What a bot does besides sending and receiving; each happens about every so many ms, absent: never. */
export interface Behaviour {
  /** Mutes and unmutes the microphone. */
  mute?: number;
  /** Switches the camera off and on. */
  cameraOff?: number;
  /** Changes which layer of which tile it wants, as somebody does who enlarges a tile. */
  switchTile?: number;
  /** Looks at the next page of tiles: other subscriptions (with a number in `subscribe.video`), or other `tiles`. */
  page?: number;
  /** Starts and ends a screen share. */
  share?: number;
  chat?: number;
  /** Loses the network (media and signaling) for `dropFor` ms and comes back by resuming. */
  dropNetwork?: number;
  dropFor?: number;
  /** Leaves and comes back as a new participant, after a goodbye. */
  rejoin?: number;
  /** The same without a goodbye. */
  vanish?: number;
}

/** Participants of each room that do the same. */
export interface Group {
  name: string;
  /** In each room. */
  count: number;
  audio: AudioActivity;
  video: VideoPlan | null;
  /** A screen share from the start. */
  screen: boolean;
  publish?: PublishPlan;
  subscribe: SubscribePlan;
  network: NetworkPlan;
  behaviour: Behaviour;
}

/** How the participants come in. */
export interface Ramp {
  /** Joins started per second; absent: as many at once as `concurrency` allows. */
  rate?: number;
  /** Joins that are under way at a time, in all. */
  concurrency: number;
  /** `rooms`: one room after the other; `participants`: the first of each room, then the second of each. */
  order: 'rooms' | 'participants';
}

/** Something that is done to the server or to everybody at a moment of the run. */
export interface Incident {
  /** ms after the last join. */
  at: number;
  /** `killWorker` needs a server that the tool started itself. */
  do: 'killWorker' | 'dropAllSockets' | 'dropAllNetworks' | 'keyFrameStorm';
  /** ms for which networks stay away. */
  for?: number;
}

/** A whole run, complete: every default is filled in. */
export interface Scenario {
  name: string;
  description: string;
  target: TargetKind;
  /** Base URL of the server; absent: the tool starts one itself (`--start`). */
  url: string | null;
  /** Where bots view with the target `whip`; absent: nowhere. */
  whepUrl?: string;
  rooms: number;
  groups: Group[];
  ramp: Ramp;
  /** ms from the last join to the end. */
  duration: number;
  /** Expressions such as `join.p95<800ms`. */
  thresholds: string[];
  incidents: Incident[];
  /** Seeds whatever is random, so that a run can be repeated. */
  seed: number;
}
