import type { Unit } from './runResult.ts';

/** What a metric is; the threshold grammar, the reports and the README's list are made from this table. */
export interface MetricDefinition {
  /** `distribution` has p50, p90, p95, p99, avg, min, max and count; `value` stands alone. */
  kind: 'distribution' | 'value';
  unit: Unit;
  description: string;
}

const distribution = (unit: Unit, description: string): MetricDefinition => ({
  kind: 'distribution',
  unit,
  description,
});
const value = (unit: Unit, description: string): MetricDefinition => ({ kind: 'value', unit, description });

/** Every metric of a run. */
export const metrics = {
  join: distribution('ms', 'from opening the socket to media flowing both ways'),
  'join.signaling': distribution('ms', 'from opening the socket to the answer to the join'),
  'join.ice': distribution('ms', 'from the first STUN request to its answer, per transport'),
  'join.dtls': distribution('ms', 'DTLS handshake, per transport'),
  'join.audio': distribution(
    'ms',
    'from opening the socket to the first audio packet of another participant',
  ),
  'join.video': distribution('ms', 'from opening the socket to the first complete video frame of another'),
  'join.failed': value('share', 'joins that failed, of those that were tried'),
  recovery: distribution('ms', 'from losing the network or the worker until media flows again'),
  latency: distribution('ms', 'one way, from sending a packet to receiving it (audio and video)'),
  'audio.latency': distribution('ms', 'the same, audio only'),
  'video.latency': distribution('ms', 'the same, video only'),
  'audio.jitter': distribution(
    'ms',
    'interarrival jitter (RFC 3550, 6.4.1) of audio streams, sampled every second',
  ),
  'video.jitter': distribution('ms', 'the same of video streams'),
  'audio.onset': distribution(
    'ms',
    'from the first packet of somebody whose turn it is to speak to the first one that a listener gets',
  ),
  'audio.onsetMissed': value('count', 'turns to speak of which a listener got nothing'),
  'audio.loss': value('share', 'audio packets that never came, of those expected'),
  'video.loss': value('share', 'video packets that never came, not even retransmitted, of those expected'),
  'audio.lossBeforeRecovery': value('share', 'audio packets that did not come at first, of those expected'),
  'video.lossBeforeRecovery': value('share', 'video packets that did not come at first, of those expected'),
  'audio.reordered': value('share', 'audio packets that came after a later one'),
  'video.reordered': value('share', 'video packets that came after a later one, without retransmissions'),
  'video.freezes': value(
    'per minute',
    'freezes of a received video (W3C webrtc-stats freezeCount), per stream',
  ),
  'video.freezeDuration': distribution('ms', 'how long they lasted'),
  'video.keyframeWait': distribution('ms', 'from asking for a keyframe to having it'),
  'video.fps': distribution('count', 'complete frames a second of a received video'),
  'video.plis': value('per minute', 'picture loss indications that bots sent, per received video'),
  'layers.switchedOff': value('count', 'video layers that bots stopped sending because nobody needed them'),
  'layers.switchedOn': value('count', 'of these, such as they were asked for again'),
  'keyframes.asked': value('count', 'requests for a key frame (PLI, FIR) that bots got as publishers'),
  'keyframes.perSecond': distribution(
    'count',
    'of these, such as one publisher got within a second, with each request',
  ),
  'keyframes.perLayer': distribution('count', 'the same for each of its layers'),
  'keyframes.made': value('count', 'key frames that bots sent, all layers of a picture counted once'),
  'quality.changes': value('count', 'changes that bots were told of in why a track comes as it does'),
  nacks: value('share', 'packets that bots asked for again, of those expected'),
  rtt: distribution('ms', 'round trip by RTCP (RFC 3550, 6.4.1) and STUN'),
  samples: value('count', 'packets that were decrypted and checked'),
  'samples.bad': value('count', 'of these, such as did not decrypt or held something that nobody sent'),
  sent: value('packets/s', 'RTP packets sent by all bots together, with all bots in'),
  received: value('packets/s', 'RTP packets received by all bots together, with all bots in'),
  'sent.bitrate': value('bps', 'the same in bits'),
  'received.bitrate': value('bps', 'the same in bits'),
  errors: value('count', 'whatever failed, in all phases'),
  'errors.request': value('count', 'signaling requests that were refused or not answered'),
  lost: value('count', 'bots that were thrown out or lost their connection without a plan to'),
  'request.time': distribution('ms', 'from a signaling request to its answer'),
  'server.cpu': value('cores', 'CPU of all of the server’s processes, with all bots in'),
  'server.cpu.control': value('cores', 'of these, the control plane'),
  'server.cpu.workers': value('cores', 'of these, all workers together'),
  'server.cpu.worker': value('cores', 'of these, the busiest worker'),
  'server.cpu.leastWorker': value('cores', 'of these, the least busy worker'),
  'server.cpuPerPacket': value('us', 'server CPU per packet that the bots received'),
  'server.memory': value('bytes', 'resident memory of the server’s processes at its highest'),
  'server.memoryPerParticipant': value(
    'bytes',
    'growth of the server’s memory since the start, per participant',
  ),
  'canary.join': distribution('ms', 'from opening the room page in a browser to the first frame of another'),
  'canary.fps': distribution('count', 'frames a second that a browser decodes, per video that comes'),
  'canary.freezes': value('count', 'freezes that browsers counted (W3C webrtc-stats freezeCount)'),
  'canary.audioGaps': value('count', 'times at which browsers had to conceal missing sound'),
  'generator.cpu': value('cores', 'CPU of the tool itself'),
  'generator.cpuPerReceived': value('us', 'CPU of the tool per packet received, sending left out'),
  'generator.cpuPerSent': value('us', 'CPU of the tool per packet sent, receiving left out'),
  'generator.loop': value('share', 'utilisation of the busiest process’s event loop, p95'),
  'generator.delay': value('ms', 'the longest delay of an event loop'),
  'generator.drops': value('count', 'datagrams that the kernel dropped because the tool was too slow'),
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metrics;
