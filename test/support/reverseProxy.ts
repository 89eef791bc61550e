import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';

/**
 * A reverse proxy before a server: it sets another time than the server's, or passes no WebSockets.
 *
 * @param ahead ms by which its time is ahead.
 */
export async function startProxy(
  target: string,
  { ahead = 0, webSockets = true }: { ahead?: number; webSockets?: boolean },
): Promise<{ url: string; close: () => void }> {
  const { hostname, port } = new URL(target);
  const proxy: Server = createServer((incoming, answer) => {
    const { url: path, method, headers } = incoming;
    const outgoing = request({ hostname, port, path, method, headers }, (response) => {
      const date = new Date(Date.now() + ahead).toUTCString();
      answer.writeHead(response.statusCode ?? 502, { ...response.headers, date });
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  proxy.on('upgrade', ({ method, url: path, rawHeaders }, near, head) => {
    if (!webSockets) {
      near.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const far = connect(Number(port), hostname, () => {
      const lines = [`${method} ${path} HTTP/1.1`];
      for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
      far.write(`${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      far.pipe(near).pipe(far);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => undefined);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port: own } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    close: () => {
      proxy.close();
      proxy.closeAllConnections();
    },
  };
}
