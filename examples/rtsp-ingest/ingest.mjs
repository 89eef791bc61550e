// @ts-check
/**
 * Lets ffmpeg be a participant: a test picture and a tone, as plain RTP.
 *
 *   PARLEY_URL=http://localhost:3000 PARLEY_TOKEN=... node ingest.mjs <room> <seconds>
 *
 * The token needs `roomAdmin`. No RTSP server is part of it: what is tried here is plain RTP. A camera is one command: `parley ingest --room <room> rtsp://camera/stream`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const [room = 'demo', seconds = '30'] = process.argv.slice(2);
const base = `${process.env.PARLEY_URL ?? 'http://localhost:3000'}/api/rooms/${room}/ingress`;
const headers = {
  authorization: `Bearer ${process.env.PARLEY_TOKEN}`,
  'content-type': 'application/json',
};

const body = JSON.stringify({
  name: 'Test picture',
  tracks: [{ codec: 'opus' }, { codec: 'VP8' }],
  rtcpMux: false,
});
const response = await fetch(base, { method: 'POST', headers, body });
if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
const ingress = await response.json();
console.log(`${ingress.name} is in ${room}`);

/** Where the server expects a track, and as what. */
const output = ({ payloadType, ssrc, port, rtcpPort }) => [
  ...['-payload_type', `${payloadType}`, '-ssrc', `${ssrc | 0}`, '-f', 'rtp'],
  `rtp://${ingress.ip}:${port}?rtcpport=${rtcpPort}&pkt_size=1200`,
];
const [audio, video] = ingress.tracks;
const ffmpeg = spawn(
  'ffmpeg',
  [
    ...['-nostdin', '-v', 'error', '-re', '-f', 'lavfi', '-i', 'testsrc=s=640x360:r=25'],
    ...['-re', '-f', 'lavfi', '-i', 'sine=f=440:r=48000', '-t', seconds],
    ...['-map', '1:a', '-t', seconds, '-c:a', 'libopus', '-ac', '2', ...output(audio)],
    ...['-map', '0:v', '-t', seconds, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
    ...['-b:v', '600k', '-g', '50', '-pix_fmt', 'yuv420p', ...output(video)],
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
await once(ffmpeg, 'exit');
await fetch(`${base}/${ingress.ingressId}`, { method: 'DELETE', headers });
console.log('it has left');
