import type { VideoCodec } from '../scenario/scenario.ts';
import {
  SEGMENTS,
  segmentFrames,
  type AudioClipPlan,
  type ClipLayer,
  type VideoClipPlan,
} from './clipPlan.ts';

/*
 * What ffmpeg is told, so that it makes what a browser would send: constant bitrate, one slice, nothing reordered, key
 * frames at the beginnings of segments only.
 */

/** Bits of the frame counter at the top of the picture: so many of the number, as many of its complement. */
export const COUNTER_BITS = 8;
/** Seconds of a voice. */
const VOICE_SECONDS = 10;
export const OPUS_BITRATE = 32_000;

/** The file name of a layer. */
export function layerFile(codec: VideoCodec, layer: number): string {
  return `${layer}.${codec === 'h264' ? 'h264' : 'ivf'}`;
}

/** Arguments that make all layers of a video clip in one go, from one picture. */
export function videoArguments(plan: VideoClipPlan, directory: string, temporal: boolean): string[] {
  const count = plan.layers.length;
  const scaled = plan.layers.map(({ width, height }, i) => `[s${i}]scale=${width}:${height}[v${i}]`);
  const splits = plan.layers.map((_, i) => `[s${i}]`).join('');
  const picture = plan.file === undefined ? personaPicture(plan) : filmPicture(plan);
  const frames = String(segmentFrames(plan.fps) * SEGMENTS);
  return [
    ...(plan.file === undefined ? [] : ['-stream_loop', '-1', '-i', plan.file]),
    '-filter_complex',
    [`${picture},format=yuv420p,split=${count}${splits}`, ...scaled].join(';'),
    ...plan.layers.flatMap((layer, i) => [
      ...['-map', `[v${i}]`, '-frames:v', frames, '-an'],
      ...codecArguments(plan, layer, temporal),
      `${directory}/${layerFile(plan.codec, i)}`,
    ]),
  ];
}

/** Arguments that make a voice: 20 ms packets of Opus in Ogg. */
export function audioArguments(plan: AudioClipPlan, output: string): string[] {
  const input = plan.file === undefined ? ['-f', 'lavfi', '-i', voice(plan)] : ['-i', plan.file, '-vn'];
  return [
    ...input,
    ...['-t', String(plan.file === undefined ? VOICE_SECONDS : 60), '-ac', String(plan.channels)],
    ...['-ar', '48000', '-c:a', 'libopus', '-b:a', String(OPUS_BITRATE), '-application', 'voip'],
    ...['-frame_duration', '20', '-vbr', 'constrained', '-f', 'ogg', '-page_duration', '20000', output],
  ];
}

/**
 * At the top the frame counter (white is 1), below it the persona's colour between two moving test pictures, which
 * give the encoder something to do.
 */
function personaPicture({ fps, persona, layers }: VideoClipPlan): string {
  const { width, height } = layers.at(-1) ?? { width: 1280, height: 720 };
  const top = height / 3;
  const side = Math.round((width * 0.4) / 2) * 2;
  const moving = `testsrc2=size=${side}x${height - top}:rate=${fps}`;
  const rgb = persona.colour.map((value) => value.toString(16).padStart(2, '0')).join('');
  const bit = `mod(floor(N/pow(2\\,mod(X\\,${COUNTER_BITS})))\\,2)`;
  const isSet = `eq(lt(X\\,${COUNTER_BITS})\\,${bit})`;
  const counter = [
    `color=black:size=${COUNTER_BITS * 2}x2:rate=${fps}`,
    'format=yuv420p',
    `geq=lum='20+215*${isSet}':cb=128:cr=128`,
    `scale=${width}:${top}:flags=neighbor`,
  ].join(',');
  return [
    `color=0x${rgb}:size=${width}x${height}:rate=${fps}[ground]`,
    `${counter}[counter]`,
    `${moving}[left]`,
    `${moving},hflip,noise=alls=4:allf=t[right]`,
    '[ground][counter]overlay=0:0[a]',
    `[a][left]overlay=0:${top}[b]`,
    `[b][right]overlay=${width - side}:${top}`,
  ].join(';');
}

function filmPicture({ fps, layers }: VideoClipPlan): string {
  const { width, height } = layers.at(-1) ?? { width: 1280, height: 720 };
  const size = `${width}:${height}`;
  return `[0:v:0]fps=${fps},scale=${size}:force_original_aspect_ratio=increase,crop=${size},setsar=1`;
}

/** Harmonics of the tone in syllables of changing loudness, never quite silent, and a little breath. */
function voice({ persona, channels }: AudioClipPlan): string {
  const syllables = '(0.6+0.25*sin(2*PI*3.1*t)+0.15*sin(2*PI*0.7*t))';
  const sound = [1, 2, 3, 4].map((n) => `${0.3 / n ** 2}*sin(2*PI*${persona.tone * n}*t)`).join('+');
  const expression = `${syllables}*(${sound})+0.004*(random(0)-0.5)`;
  const all = Array.from({ length: channels }, () => expression).join('|');
  return `aevalsrc=exprs='${all}':sample_rate=48000:duration=${VOICE_SECONDS}`;
}

function codecArguments(plan: VideoClipPlan, { bitrate }: ClipLayer, temporal: boolean): string[] {
  const gop = String(segmentFrames(plan.fps));
  const rate = String(bitrate);
  const common = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-g', gop, '-keyint_min', gop];
  if (plan.codec === 'h264') {
    return [
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
      ...['-level:v', '3.1', '-bf', '0', '-threads', '1', ...common],
      ...['-x264-params', 'slices=1:sliced-threads=0:scenecut=0:repeat-headers=1', '-f', 'h264'],
    ];
  }
  const libvpx = ['-minrate', rate, ...common, '-deadline', 'realtime', '-lag-in-frames', '0'];
  libvpx.push('-auto-alt-ref', '0', '-f', 'ivf');
  if (plan.codec === 'vp9') {
    return ['-c:v', 'libvpx-vp9', ...libvpx, '-cpu-used', '8', '-row-mt', '1', '-max-intra-rate', '450'];
  }
  const layers = [0.4, 0.6, 1].map((share) => Math.round((bitrate * share) / 1000)).join(',');
  const scaling = `ts_number_layers=3:ts_target_bitrate=${layers}:ts_layering_mode=3`;
  return [
    ...['-c:v', 'libvpx', ...libvpx, '-cpu-used', '8', '-error-resilient', '1', '-max-intra-rate', '450'],
    ...(temporal ? ['-ts-parameters', scaling] : []),
  ];
}
