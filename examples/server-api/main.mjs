/*
 * Makes a room, a token for somebody, and looks after the room, with LiveKit's own server SDK.
 *
 *   npm install livekit-server-sdk
 *   PARLEY_URL=http://localhost:3000 PARLEY_API_KEY=.. PARLEY_API_SECRET=.. node main.mjs
 *
 * Open the link that it prints: once you are in, you are muted if you are heard, and put out after that.
 */
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';

const {
  PARLEY_URL: url = 'http://localhost:3000',
  PARLEY_API_KEY: key,
  PARLEY_API_SECRET: secret,
} = process.env;
if (!key || !secret) throw new Error('PARLEY_API_KEY and PARLEY_API_SECRET are needed');

const name = process.argv[2] ?? 'example';
const service = new RoomServiceClient(url, key, secret);

const room = await service.createRoom({
  name,
  emptyTimeout: 60,
  maxParticipants: 10,
  metadata: 'an example',
});
console.log(`room ${room.name} (${room.sid}) is kept for ${room.emptyTimeout} s`);

const token = new AccessToken(key, secret, { identity: 'guest', name: 'Guest', ttl: '10m' });
token.addGrant({ roomJoin: true, room: name });
const jwt = await token.toJwt();
console.log(`link ${url}/r/${name}?token=${jwt}`);

const deadline = Date.now() + 60_000;
const participants = async () =>
  (await service.listParticipants(name)).filter(({ identity }) => identity === 'guest');
let [guest] = await participants();
while (!guest && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  [guest] = await participants();
}
if (!guest) throw new Error('nobody came');
console.log(`${guest.name} is there with ${guest.tracks.length} tracks`);
for (const track of guest.tracks) {
  await service.mutePublishedTrack(name, guest.identity, track.sid, true);
  console.log(`muted ${track.name}`);
}
await service.removeParticipant(name, guest.identity);
console.log(`removed ${guest.identity}`);
await service.deleteRoom(name);
console.log(`rooms: ${(await service.listRooms()).length}`);
