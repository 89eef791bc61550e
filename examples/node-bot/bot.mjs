/*
 * Says back what one says, and answers in the chat. See README.md.
 *
 *   npm start -- http://localhost:3000 standup
 */
import process from 'node:process';
import { installPolyfill } from 'werift/polyfill';
import { Echo } from './Echo.mjs';

// WebRTC for the SDK, which looks for it when it is loaded. The last setting is for a server on the same machine.
installPolyfill({ mediaRegister: [], peerConnectionConfig: { iceAdditionalHostAddresses: ['127.0.0.1'] } });
const { connect } = await import('@parley/client');

const [url = 'http://localhost:3000', name = 'standup'] = process.argv.slice(2);
const room = await connect({
  url,
  room: name,
  name: 'Echo',
  // Other bots should not answer this one.
  attributes: { bot: 'echo' },
  ...(process.env.PARLEY_TOKEN ? { token: process.env.PARLEY_TOKEN } : {}),
});
console.log(`in ${room.state.room} as ${room.state.peerId}`);

const echo = new Echo();
const listening = new Map();
const isBot = (peer) => peer === undefined || peer.isLocal || peer.attributes?.bot !== undefined;

const listen = (track, { producerId, source }, peer) => {
  if (source === 'microphone' && !isBot(peer)) listening.set(producerId, echo.listen(track));
};
room.on('trackSubscribed', listen);
room.on('trackUnsubscribed', (_, { producerId }) => {
  listening.get(producerId)?.();
  listening.delete(producerId);
});
// Those who were heard before this line.
for (const peer of room.state.peers)
  for (const publication of peer.publications)
    if (publication.track && !peer.isLocal) listen(publication.track, publication, peer);

room.on('chatMessage', ({ messageId, peerId, text }) => {
  const { peers } = room.state;
  if (isBot(peers.find((peer) => peer.peerId === peerId))) return;
  const answer = {
    '/who': () => peers.map((peer) => peer.name).join(', '),
    '/time': () => new Date().toISOString(),
    '/help': () => '/who, /time; or say something, and hear how you sound',
  }[text.trim()];
  if (answer) room.sendChat(answer(), { replyTo: messageId }).catch((error) => console.error(error.message));
});
room.on('closed', (reason) => {
  console.log(`out: ${reason}`);
  echo.close();
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void room.leave());

await room.publishTrack(echo.track, { source: 'microphone' });
await room.sendChat('Say something, and hear how you sound. /help tells the rest.');
