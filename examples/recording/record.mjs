// @ts-check
/**
 * Records a room for some seconds, and fetches the files:
 *
 *   PARLEY_URL=http://localhost:3000 PARLEY_TOKEN=... node record.mjs <room> <seconds> <directory>
 *
 * The token needs `roomRecord` or `roomAdmin`: `parley token create --room <room> --identity me --admin`.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';

const [room = 'demo', seconds = '10', directory = 'recording'] = process.argv.slice(2);
const base = `${process.env.PARLEY_URL ?? 'http://localhost:3000'}/api/rooms/${room}/recordings`;

/** @param {string} path @param {string} [method] */
async function ask(path, method = 'GET') {
  const headers = { authorization: `Bearer ${process.env.PARLEY_TOKEN}` };
  const response = await fetch(base + path, { method, headers });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

const { recordingId } = await (await ask('', 'POST')).json();
console.log(`recording ${recordingId}`);
await wait(Number(seconds) * 1000);
await ask(`/${recordingId}/stop`, 'POST');

let timeline;
do {
  await wait(250);
  timeline = await (await ask(`/${recordingId}`)).json();
} while (timeline.state !== 'finished');

await mkdir(directory, { recursive: true });
await writeFile(join(directory, 'timeline.json'), JSON.stringify(timeline, null, 2));
for (const { file } of timeline.tracks.flatMap(({ files }) => files)) {
  const { body } = await ask(`/${recordingId}/files/${file}`);
  await pipeline(Readable.fromWeb(body), createWriteStream(join(directory, file)));
  console.log(`fetched ${file}`);
}
console.log(`now: parley compose ${directory} --output call.mp4`);
