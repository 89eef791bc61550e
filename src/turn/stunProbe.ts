import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';

/** RFC 8489 section 5. */
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const HEADER_BYTES = 20;
/** ms within which one attempt is answered, or is taken for lost. */
const ATTEMPT = 250;

/** Whether a STUN server answers a Binding request over UDP (RFC 8489 section 7), asked once. */
export async function answersBinding(address: string, port: number): Promise<boolean> {
  const transactionId = randomBytes(12);
  const request = Buffer.alloc(HEADER_BYTES);
  request.writeUInt16BE(BINDING_REQUEST, 0);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(request, 8);
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  try {
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ATTEMPT);
      socket.once('error', () => resolve(false));
      socket.once('close', () => clearTimeout(timer));
      socket.on('message', (packet) => {
        const isAnswer =
          packet.length >= HEADER_BYTES &&
          packet.readUInt16BE(0) === BINDING_SUCCESS &&
          packet.subarray(8, HEADER_BYTES).equals(transactionId);
        if (isAnswer) resolve(true);
      });
      socket.send(request, port, address, (error) => {
        if (error) resolve(false);
      });
    });
  } finally {
    socket.close();
  }
}

/** Whether somebody takes TCP connections there. */
export async function acceptsTcp(address: string, port: number): Promise<boolean> {
  const socket = connect({ host: address, port });
  try {
    return await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ATTEMPT);
      socket.once('close', () => clearTimeout(timer));
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
