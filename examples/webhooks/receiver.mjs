// Receives Parley's webhooks with LiveKit's own SDK, and prints who is in which room.
//
//   npm install livekit-server-sdk
//   PARLEY_API_KEY=… PARLEY_API_SECRET=… PARLEY_URL=http://localhost:3000 PORT=8080 node receiver.mjs

import { createServer } from 'node:http';
import process from 'node:process';
import { AccessToken, WebhookReceiver } from 'livekit-server-sdk';

const {
  PARLEY_API_KEY: key = '',
  PARLEY_API_SECRET: secret = '',
  PARLEY_URL: parley,
  PORT = '8080',
} = process.env;
const MAX_BODY = 1_000_000;

const receiver = new WebhookReceiver(key, secret);
/** Ids of events that were handled: each may come more than once. A real one keeps them where it keeps what they cause. */
const handled = new Set();
const rooms = new Map();
/** Up to here nothing is missing. */
let complete = 0;

function handle(event) {
  if (handled.has(event.id)) return;
  handled.add(event.id);
  const room = event.room?.name ?? '';
  const who = event.participant?.identity ?? '';
  if (event.event === 'participant_joined') rooms.set(room, [...(rooms.get(room) ?? []), who]);
  if (event.event === 'participant_left')
    rooms.set(
      room,
      (rooms.get(room) ?? []).filter((other) => other !== who),
    );
  if (event.event === 'room_finished') rooms.delete(room);
  process.stdout.write(
    `${event.event} ${room} ${who}`.trim() + `; in: ${(rooms.get(room) ?? []).join(', ')}\n`,
  );
}

/** What happened while this program was not there. */
async function catchUp() {
  if (!parley) return;
  const token = new AccessToken(key, secret, { ttl: '1m' });
  token.addGrant({ roomAdmin: true });
  const authorization = `Bearer ${await token.toJwt()}`;
  for (;;) {
    const response = await fetch(`${parley}/api/events?after=${complete}&limit=1000`, {
      headers: { authorization },
    });
    if (!response.ok) throw new Error(`${parley} answered ${response.status}`);
    const { events, missed } = await response.json();
    if (missed > 0) process.stdout.write(`${missed} events are not kept any more\n`);
    for (const event of events) handle(event);
    if (events.length === 0) return;
    complete = events.at(-1).seq;
  }
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

const server = createServer((request, response) => {
  bodyOf(request)
    .then(async (body) => {
      // Throws for whatever this server has not signed with our secret.
      await receiver.receive(body, request.headers.authorization);
      handle(JSON.parse(body));
      response.end();
    })
    .catch((error) => {
      process.stderr.write(`refused: ${error.message}\n`);
      response.writeHead(401).end();
    });
});

await catchUp();
server.listen(Number(PORT), () => process.stdout.write(`listening on ${server.address().port}\n`));
