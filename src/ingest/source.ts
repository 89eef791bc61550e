import { FFMPEG_QUIET, runProgram } from '../recording/ffmpeg.ts';
import { badRequest } from '../support/errors.ts';
import type { IngressInfo } from './Ingress.ts';

/** What ffmpeg may open, and nothing else: no devices, no playlists of local files from elsewhere. */
const FILE = ['-protocol_whitelist', 'file,pipe'];
const NETWORK = ['-protocol_whitelist', 'rtsp,rtsps,rtp,srtp,rtmp,rtmps,srt,udp,tcp,tls,http,https,crypto'];
/** ms within which a source must have said what it is. */
const PROBE_DEADLINE = 30_000;
/** s between two key frames: nobody can ask this encoder for one. */
const KEY_FRAMES = 2;

/** A URL of a stream or a file, and what is in it. */
export interface Source {
  input: string;
  video: 'copy' | 'encode' | null;
  audio: 'copy' | 'encode' | null;
}

/** A scheme, and not a file that looks like one. */
const isUrl = (input: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(input);
const isRtsp = (input: string): boolean => /^rtsps?:/i.test(input);

function inputOptions(input: string): string[] {
  if (!isUrl(input)) return FILE;
  // Over TCP nothing of it is lost, and no firewall is in its way.
  return [...NETWORK, ...(isRtsp(input) ? ['-rtsp_transport', 'tcp'] : [])];
}

/** As ffmpeg is to understand it: a file is never taken for an option or a protocol. */
const inputName = (input: string): string => (isUrl(input) ? input : `file:${input}`);

/**
 * Looks what a source has. H264 is sent as it is when every browser decodes it; everything else is encoded anew.
 *
 * @throws ParleyError `badRequest` when nothing can be had of it, `unavailable` without ffmpeg.
 */
export async function openSource(input: string): Promise<Source> {
  const entries = ['-show_entries', 'stream=codec_type,codec_name,profile,has_b_frames', '-of', 'json'];
  const args = ['-v', 'error', ...inputOptions(input), ...entries, inputName(input)];
  let streams: { codec_type: string; codec_name?: string; profile?: string; has_b_frames?: number }[];
  try {
    const output = await runProgram('ffprobe', args, { deadline: PROBE_DEADLINE });
    ({ streams } = JSON.parse(output) as { streams: typeof streams });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'unavailable') throw error;
    throw badRequest(`nothing can be read from ${withoutPassword(input)}`, { cause: error });
  }
  const video = streams.find(({ codec_type: type }) => type === 'video');
  const audio = streams.find(({ codec_type: type }) => type === 'audio');
  if (!video && !audio) throw badRequest(`there is neither sound nor picture in ${withoutPassword(input)}`);
  const isPlainH264 =
    video?.codec_name === 'h264' && /baseline/i.test(video.profile ?? '') && !video.has_b_frames;
  return {
    input,
    video: video ? (isPlainH264 ? 'copy' : 'encode') : null,
    audio: audio ? (audio.codec_name === 'opus' ? 'copy' : 'encode') : null,
  };
}

/** For messages: cameras have passwords in their URLs. */
export function withoutPassword(input: string): string {
  return input.replace(/\/\/[^/@]*@/, '//');
}

/** What is asked of a server for this source. */
export function tracksOf({ video, audio }: Source): { codec: 'opus' | 'VP8' | 'H264' }[] {
  return [
    ...(audio ? [{ codec: 'opus' as const }] : []),
    ...(video ? [{ codec: video === 'copy' ? ('H264' as const) : ('VP8' as const) }] : []),
  ];
}

export interface SendOptions {
  /** bps of video that is encoded. */
  bitrate: number;
  /** Whether a file begins again at its end. */
  loop: boolean;
}

/** Arguments with which ffmpeg sends a source where the server listens. */
export function sendArgs(source: Source, ingress: IngressInfo, { bitrate, loop }: SendOptions): string[] {
  const { input } = source;
  const own = isUrl(input) ? [] : ['-re', ...(loop ? ['-stream_loop', '-1'] : [])];
  const args = [...FFMPEG_QUIET, ...own, ...inputOptions(input), '-i', inputName(input)];
  for (const { kind, payloadType, ssrc, port, rtcpPort } of ingress.tracks) {
    const isCopied = source[kind] === 'copy';
    args.push('-map', kind === 'audio' ? '0:a:0' : '0:v:0', '-map_metadata', '-1');
    if (kind === 'audio') args.push(...(isCopied ? ['-c:a', 'copy'] : OPUS));
    else if (isCopied) args.push('-c:v', 'copy', '-bsf:v', 'dump_extra=freq=keyframe');
    else args.push(...vp8(bitrate));
    const host = ingress.ip.includes(':') ? `[${ingress.ip}]` : ingress.ip;
    const target = `rtp://${host}:${port}?rtcpport=${rtcpPort}&pkt_size=1200`;
    // ffmpeg takes the number as signed.
    args.push('-payload_type', `${payloadType}`, '-ssrc', `${ssrc | 0}`, '-f', 'rtp', target);
  }
  return args;
}

const OPUS = ['-c:a', 'libopus', '-ac', '2', '-ar', '48000', '-b:a', '64k', '-application', 'audio'];

function vp8(bitrate: number): string[] {
  const rate = ['-b:v', `${bitrate}`, '-maxrate', `${bitrate}`, '-bufsize', `${bitrate}`];
  const keyFrames = ['-force_key_frames', `expr:gte(t,n_forced*${KEY_FRAMES})`];
  const speed = ['-deadline', 'realtime', '-cpu-used', '8', '-auto-alt-ref', '0', '-error-resilient', '1'];
  return ['-c:v', 'libvpx', '-pix_fmt', 'yuv420p', ...rate, ...keyFrames, ...speed];
}
