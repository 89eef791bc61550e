/*
 * A site whose own server says who may enter which room. See README.md.
 *
 *   PARLEY_API_KEY=.. PARLEY_API_SECRET=.. npm start
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import express from 'express';
import { AccessToken } from 'livekit-server-sdk';

const {
  PARLEY_URL: parley = 'http://localhost:3000',
  PARLEY_API_KEY: key,
  PARLEY_API_SECRET: secret,
  PORT: port = '8080',
} = process.env;
if (!key || !secret) throw new Error('PARLEY_API_KEY and PARLEY_API_SECRET are needed');

/** Who may enter which room, and who is its host: your database. */
const ROOMS = new Map([
  ['standup', { members: ['ann', 'bob'], hosts: ['ann'] }],
  ['board', { members: ['ann'], hosts: ['ann'] }],
]);

/** Who is logged in, by cookie: your sessions. */
const sessions = new Map();
const userOf = (request) => sessions.get(/(?:^|; )session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]);

const app = express();
app.disable('x-powered-by');

app.get('/', (request, response) => {
  const user = userOf(request);
  response.type('html').send(user ? roomPage(user) : LOGIN_PAGE);
});

app.post('/login', express.urlencoded({ limit: '1kb' }), (request, response) => {
  const { user } = request.body;
  // Yours asks for more than a name.
  if (!/^[a-z]{1,20}$/.test(user)) return response.status(400).send('a name of small letters');
  const session = randomBytes(16).toString('hex');
  sessions.set(session, user);
  // Strict: pages of other sites cannot ask for tokens in somebody's name.
  response.cookie('session', session, { httpOnly: true, sameSite: 'strict' });
  response.redirect(303, '/');
});

/** What `<parley-room token-url>` asks: `{ room, name }` in, `{ token }` out. */
app.post('/token', express.json({ limit: '1kb' }), async (request, response) => {
  const user = userOf(request);
  if (!user) return response.status(401).json({ error: 'log in first' });
  const room = ROOMS.get(request.body?.room);
  if (!room?.members.includes(user)) return response.status(403).json({ error: 'not a member' });
  // The name is that of the account, whatever the page says. Tokens are asked for anew, so they may be short-lived.
  const token = new AccessToken(key, secret, { identity: user, name: user, ttl: '5m' });
  token.addGrant({ roomJoin: true, room: request.body.room, roomAdmin: room.hosts.includes(user) });
  response.set('Cache-Control', 'no-store').json({ token: await token.toJwt() });
});

app.listen(Number(port), function () {
  console.log(`open http://localhost:${this.address().port}`);
});

const LOGIN_PAGE = `<!doctype html>
<html lang="en">
  <title>Log in</title>
  <form method="post" action="/login">
    <input name="user" placeholder="ann or bob" aria-label="Name" required pattern="[a-z]{1,20}" />
    <button>Log in</button>
  </form>
</html>`;

/** One of the two lines asks `/token`; nobody else's key or secret is in the page. */
function roomPage(user) {
  return `<!doctype html>
<html lang="en">
  <title>Standup of ${user}</title>
  <script type="module" src="${parley}/embed.js"></script>
  <parley-room room="standup" token-url="/token" style="height: 90vh"></parley-room>
</html>`;
}
