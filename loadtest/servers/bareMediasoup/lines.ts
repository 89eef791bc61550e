import type { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';

/** Characters of one message; a room of thousands has a long list of producers. */
const LONGEST = 16_777_216;

/** Calls back with each line that arrives; destroys a socket that sends one without an end. */
export function onLine(socket: Socket, line: (text: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST) socket.destroy();
    for (const each of lines) if (each !== '') line(each);
  });
}
