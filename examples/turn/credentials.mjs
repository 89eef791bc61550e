#!/usr/bin/env node
// @ts-check
/*
 * Credentials as Parley makes them, to try a TURN server with:
 *
 *   PARLEY_TURN_SECRET=... node examples/turn/credentials.mjs ann 600
 *   turnutils_uclient -t -u USERNAME -w CREDENTIAL -e ADDRESS_OF_THE_MEDIA_SERVER turn.example.org
 *
 * Arguments: an id (what allocations are counted by), and the seconds for which they are good.
 */
import { createHmac } from 'node:crypto';

const secret = process.env['PARLEY_TURN_SECRET'];
const [id = 'somebody', seconds = '600'] = process.argv.slice(2);
if (!secret || !/^\d+$/.test(seconds)) {
  process.stderr.write('usage: PARLEY_TURN_SECRET=... credentials.mjs [id] [seconds]\n');
  process.exit(2);
}
const username = `${Math.floor(Date.now() / 1000) + Number(seconds)}:${id}`;
const credential = createHmac('sha1', secret).update(username).digest('base64');
process.stdout.write(`${JSON.stringify({ username, credential })}\n`);
