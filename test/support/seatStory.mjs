// @ts-check
/*
 * Two bots in a room, told as facts: started with the kind of server and its options, it prints what happened as JSON.
 * A process of its own, because a server may have to be in a network of its own, and its bots with it.
 */
import process from 'node:process';

const built = new URL('../../dist/loadtest/loadtest/', import.meta.url);
const { startMediasoup } = await import(new URL('servers/startMediasoup.js', built).href);
const { startJanus } = await import(new URL('servers/startJanus.js', built).href);
const { usageOf } = await import(new URL('servers/processUsage.js', built).href);
const { MediasoupTarget } = await import(new URL('targets/MediasoupTarget.js', built).href);
const { JanusTarget } = await import(new URL('targets/JanusTarget.js', built).href);
const { Endpoint } = await import(new URL('endpoint/Endpoint.js', built).href);

const [kind = '', options = '{}'] = process.argv.slice(2);
const server = await (kind === 'janus' ? startJanus : startMediasoup)(JSON.parse(options));
const target = kind === 'janus' ? new JanusTarget() : new MediasoupTarget();
const PACKETS = 50;
/** Goes on from one stream to the next: a server drops what is older than what it has seen. */
let sequence = 0;

/** @type {string[]} */
const steps = [];
/** @type {string[]} */
const errors = [];
const observer = {
  signaling: () => steps.push('signaling'),
  ice: () => steps.push('ice'),
  dtls: () => steps.push('dtls'),
  request: (/** @type {string} */ name) => steps.push(name),
  error: (/** @type {string[]} */ ...what) => errors.push(what.join(' ')),
};

const join = (/** @type {string} */ name) =>
  target.join({
    url: server.url,
    room: 'story',
    name,
    observer,
    signal: new AbortController().signal,
    createEndpoint: () => Endpoint.open(),
  });

/**
 * Sends until the condition holds: the first packets may come before the server is ready to pass them on.
 *
 * @param {any} publication
 * @param {() => boolean} enough
 */
async function send({ endpoint, rtpParameters }, enough) {
  const { payloadType } = rtpParameters.codecs[0];
  // VP8: the first packet of a key frame (RFC 7741, 4.2 and RFC 6386, 9.1); to Opus all payloads are alike.
  const payload = Buffer.alloc(200);
  Buffer.from([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xb4, 0x00]).copy(payload);
  while (!enough()) {
    sequence += 1;
    for (const { ssrc } of rtpParameters.encodings) {
      const header = Buffer.alloc(12);
      header.writeUInt16BE(0x8080 | payloadType, 0);
      header.writeUInt16BE(sequence & 0xffff, 2);
      header.writeUInt32BE((sequence * 960) >>> 0, 4);
      header.writeUInt32BE(ssrc, 8);
      endpoint.sendRtp([header, payload]);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * @param {any} seat
 * @param {string} event
 * @returns {Promise<any>}
 */
const next = (seat, event) => seat.next(event).then((/** @type {any[]} */ args) => args);

const idle = server.pids().map((/** @type {{ pid: number }} */ { pid }) => usageOf(pid));
const ada = await join('Ada');
const bob = await join('Bob');

/** @type {any[]} */
const subscriptions = [];
/** Packets that Bob received, by SSRC. */
const received = new Map();
/** @param {any} subscription */
const prepare = (subscription) => {
  subscriptions.push(subscription);
  subscription.endpoint.onRtp = (/** @type {Buffer} */ packet) => {
    const ssrc = packet.readUInt32BE(8);
    received.set(ssrc, (received.get(ssrc) ?? 0) + 1);
  };
};
/** @param {any} subscription */
const count = ({ rtpParameters }) => received.get(rtpParameters.encodings[0].ssrc) ?? 0;

let told = next(bob, 'trackAdded');
const microphone = await ada.publish({
  kind: 'audio',
  source: 'microphone',
  codec: 'opus',
  encodings: [{ ssrc: 1111, maxBitrate: 32_000 }],
  cname: 'ada',
  paused: false,
});
const [audioTrack] = await told;
await bob.subscribe([audioTrack.trackId], prepare);
await send(microphone, () => count(subscriptions[0]) >= PACKETS);

told = next(bob, 'trackAdded');
const screen = await ada.publish({
  kind: 'video',
  source: 'screen',
  codec: 'vp8',
  encodings: [0, 1].map((i) => ({ ssrc: 2220 + i, rtxSsrc: 2230 + i, maxBitrate: 100_000 })),
  cname: 'ada',
  paused: false,
});
/** Payload-specific feedback that reached Ada (RFC 4585: 206, format 1 is a PLI). */
let plis = 0;
screen.endpoint.onRtcp = (/** @type {Buffer} */ packet) => {
  if (packet[1] === 206 && ((packet[0] ?? 0) & 0x1f) === 1) plis += 1;
};
const [videoTrack] = await told;
// A key frame can only be asked of a stream that was seen.
const before = screen.endpoint.counts.sentPackets;
await send(screen, () => screen.endpoint.counts.sentPackets > before + PACKETS);
await bob.subscribe([videoTrack.trackId], prepare);
await subscriptions[1].preferSpatialLayer(0);
await send(screen, () => count(subscriptions[1]) >= PACKETS && plis > 0);

const participants = ada.participants;
told = next(bob, 'trackPaused');
await microphone.setPaused(true);
const muted = await told;
told = next(bob, 'trackPaused');
await microphone.setPaused(false);
const unmuted = await told;
await subscriptions[0].close();
told = next(bob, 'trackRemoved');
await screen.close();
const removed = await told;
await subscriptions[1].close();
const afterClosing = { ...Object.fromEntries(bob.tracks) };

// Somebody who comes late sees what is there, and can be received while others are subscribed to.
const cleo = await join('Cleo');
const seenByCleo = [...cleo.tracks.values()];
await cleo.subscribe([...cleo.tracks.keys()], prepare);
await send(microphone, () => count(subscriptions[2]) >= PACKETS);
// CPU is told in ticks of 10 ms, and a fast machine does all of the above within one.
const usages = () => server.pids().map((/** @type {{ pid: number }} */ { pid }) => usageOf(pid));
const isSeen = (/** @type {{ cpu: number }} */ { cpu }, /** @type {number} */ i) => cpu > idle[i].cpu;
while (!usages().every(isSeen)) {
  await microphone.setPaused(true);
  await microphone.setPaused(false);
  const enough = count(subscriptions[2]) + PACKETS;
  await send(microphone, () => count(subscriptions[2]) >= enough);
}
const busy = usages();
told = next(cleo, 'trackRemoved');
ada.vanish();
const vanished = await told;
const pids = server.pids();
const unsupported = await bob.dropNetwork(1).catch((/** @type {any} */ error) => error.message);
await cleo.leave();
const lost = next(bob, 'lost');
await server.stop();
await lost;

process.stdout.write(
  JSON.stringify({
    versions: server.versions,
    pids,
    idle,
    busy,
    left: server.pids(),
    steps,
    errors,
    audioTrack,
    videoTrack,
    audio: subscriptions[0].rtpParameters,
    video: subscriptions[1].rtpParameters,
    sentAudio: microphone.rtpParameters,
    sentVideo: screen.rtpParameters,
    sameEndpoint: subscriptions[0].endpoint === subscriptions[1].endpoint,
    participants,
    muted,
    unmuted,
    removed,
    afterClosing,
    seenByCleo,
    vanished,
    unsupported,
  }),
);
process.exit(0);
