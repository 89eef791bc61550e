// @ts-check
/**
 * Says by its exit status whether a worker binary is fit for use: `node acceptWorker.mjs <binary> <mediasoup>`.
 *
 * In a worker of that binary, two WebRTC transports shake hands through a relay here, one as DTLS client and one as
 * server, and an RTP packet goes from one to the other under SRTP. It takes less than a second. Run on its own, so
 * that a worker which crashes or hangs takes nothing else with it.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bindingRequest } from './stunBinding.mjs';

/** How long the whole may take, in ms. */
const TIMEOUT = 20_000;

const [binary = '', mediasoupDir = ''] = process.argv.slice(2);
const opus = /** @type {const} */ ({ mimeType: 'audio/opus', clockRate: 48_000, channels: 2 });
const SSRC = 11_112_222;

setTimeout(() => fail(new Error(`the worker did not pass within ${TIMEOUT} ms`)), TIMEOUT).unref();
accept().then(() => process.exit(0), fail);

/** @param {unknown} error */
function fail(error) {
  console.error(error);
  process.exit(1);
}

async function accept() {
  const require = createRequire(import.meta.url);
  /** @type {typeof import('mediasoup')} */
  const mediasoup = require(join(mediasoupDir, 'node', 'lib', 'index.js'));
  const worker = await mediasoup.createWorker({ workerBin: binary, logLevel: 'warn' });
  worker.on('died', fail);
  const router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', preferredPayloadType: 111, ...opus }],
  });
  const listenInfos = [/** @type {const} */ ({ protocol: 'udp', ip: '127.0.0.1' })];
  const sender = await router.createWebRtcTransport({ listenInfos });
  const receiver = await router.createWebRtcTransport({ listenInfos });
  const relay = await connect(sender, receiver);

  // From plain RTP in this process to SRTP on the wire, and back.
  const source = await router.createDirectTransport();
  const rtpParameters = { codecs: [{ payloadType: 111, ...opus }], encodings: [{ ssrc: SSRC }] };
  const published = await source.produce({ kind: 'audio', rtpParameters });
  const consumer = await sender.consume({
    producerId: published.id,
    rtpCapabilities: router.rtpCapabilities,
  });
  const received = await receiver.produce({ kind: 'audio', rtpParameters: consumer.rtpParameters });
  const sink = await (
    await router.createDirectTransport()
  ).consume({ producerId: received.id, rtpCapabilities: router.rtpCapabilities });

  const payload = Buffer.from('one packet under SRTP');
  const arrived = once(sink, 'rtp');
  let sequence = 0;
  // The consumer's track starts whenever the worker is ready for it, so the first packets may be early.
  const timer = setInterval(() => published.send(rtpPacket(++sequence, payload)), 50);
  const [packet] = await arrived;
  clearInterval(timer);
  if (!Buffer.from(packet).includes(payload)) throw new Error('the packet was not what it had been');
  if (relay.sawInClear(payload)) throw new Error('the packet was not encrypted');
  relay.close();
  worker.close();
}

/**
 * Connects two WebRTC transports with each other. Both are ICE lite and wait to be asked, so the relay asks for both
 * and hands on what they say.
 *
 * @param {import('mediasoup/types').WebRtcTransport} client Becomes the DTLS client.
 * @param {import('mediasoup/types').WebRtcTransport} server
 */
async function connect(client, server) {
  const sides = await Promise.all(
    [client, server].map(async (transport) => {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return { socket, transport, port: transport.iceCandidates[0]?.port ?? 0 };
    }),
  );
  const [a, b] = /** @type {[typeof sides[0], typeof sides[0]]} */ (sides);
  /** @type {Buffer[]} */
  const seen = [];
  for (const [from, to] of /** @type {const} */ ([
    [a, b],
    [b, a],
  ])) {
    from.socket.on('message', (message) => {
      // First byte 0 or 1: STUN, which is ours (RFC 7983).
      if ((message[0] ?? 0) < 2) return;
      seen.push(message);
      to.socket.send(message, to.port, '127.0.0.1');
    });
  }
  const connected = Promise.all(
    sides.map(
      ({ transport }) =>
        /** @type {Promise<void>} */ (
          new Promise((resolve, reject) => {
            transport.on('dtlsstatechange', (state) => {
              if (state === 'connected') resolve();
              if (state === 'failed' || state === 'closed') reject(new Error(`DTLS ${state}`));
            });
          })
        ),
    ),
  );
  const { fingerprints } = client.dtlsParameters;
  for (const { socket, transport, port } of sides)
    socket.send(bindingRequest(transport.iceParameters), port, '127.0.0.1');
  await server.connect({ dtlsParameters: { role: 'client', fingerprints } });
  await client.connect({
    dtlsParameters: { role: 'server', fingerprints: server.dtlsParameters.fingerprints },
  });
  await connected;
  return {
    /** @param {Buffer} payload */
    sawInClear: (payload) => seen.some((message) => message.includes(payload)),
    close: () => sides.forEach(({ socket }) => socket.close()),
  };
}

/**
 * @param {number} sequence
 * @param {Buffer} payload
 */
function rtpPacket(sequence, payload) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 111;
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(SSRC, 8);
  return Buffer.concat([header, payload]);
}
