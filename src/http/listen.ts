import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { badRequest, unavailable } from '../support/errors.ts';
import type { Logger } from '../support/logger.ts';

/** Where the certificate and its key are: PEM texts. */
export interface TlsMaterial {
  cert: string;
  key: string;
}

/** Reads a certificate and its key. @throws ParleyError `badRequest` naming the file that cannot be read. */
export function readTlsFiles(certFile: string, keyFile: string): TlsMaterial {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      throw badRequest(`cannot read ${file}: ${reason(error)}`, { cause: error });
    }
  };
  return { cert: read(certFile), key: read(keyFile) };
}

/**
 * The server beneath Express and Socket.IO, with limits on clients that are slow on purpose.
 *
 * @throws ParleyError `badRequest` when certificate and key do not fit.
 */
export function createServer(handler: RequestListener, tls?: TlsMaterial): Server {
  let server: Server;
  try {
    if (tls) checkPair(tls);
    server = tls ? createHttpsServer({ ...tls, minVersion: 'TLSv1.2' }, handler) : createHttpServer(handler);
  } catch (error) {
    throw badRequest(`the certificate cannot be used: ${reason(error)}`, { cause: error });
  }
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 5_000;
  // For clients that ask and do not read; WebSockets have their own rule, and pings keep long polls busy.
  server.timeout = 60_000;
  server.maxConnections = 20_000;
  return server;
}

/** Node would serve without a certificate when a file is empty, so that every handshake fails. */
function checkPair({ cert, key }: TlsMaterial): void {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error('it belongs to another key');
  }
}

/** Listens, and resolves with the port. @throws ParleyError `unavailable` naming address and port. */
export async function listen(server: Server, port: number, host?: string, logger?: Logger): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: Error): void => {
      reject(
        unavailable(`cannot listen on ${host ?? 'all addresses'}, port ${port}: ${reason(error)}`, {
          cause: error,
        }),
      );
    };
    server.once('error', failed);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', failed);
      // Such as too many open files in accept(): it passes, and must not end the process.
      server.on('error', (error) => logger?.error({ error }, 'the HTTP server failed'));
      resolve();
    });
  });
  return (server.address() as AddressInfo).port;
}

export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return 'the port is in use';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'ENOENT') return 'no such file';
  return message;
}
