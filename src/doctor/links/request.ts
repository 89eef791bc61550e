import { timeout } from '../../support/errors.ts';
import type { Link } from './link.ts';
import { decodeStun, type StunMessage } from './stunMessage.ts';

/** ms until a request is sent again, doubled each time (RFC 8489 section 6.2.1, with less patience at first). */
const FIRST_REPEAT = 150;

/** The answer to a request, and its bytes for whoever checks them. */
export interface Answered {
  message: StunMessage;
  data: Buffer;
  /** ms from its first sending. */
  took: number;
}

/**
 * Sends a STUN request until it is answered.
 *
 * @param deadline ms.
 * @throws ParleyError `timeout`; the link's error when it is lost.
 */
export async function askStun(
  link: Link,
  request: Buffer,
  { deadline, isAnswer = () => true }: { deadline: number; isAnswer?: (data: Buffer) => boolean },
): Promise<Answered> {
  const transactionId = request.subarray(8, 20);
  const { onMessage, onLost } = link;
  const begun = performance.now();
  let repeat: NodeJS.Timeout | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Answered>((resolve, reject) => {
      // What refuses datagrams says so for each: the rest of the time may be needed by one that is not there yet.
      let refused: Error | undefined;
      giveUp = setTimeout(() => reject(refused ?? timeout(`no answer within ${deadline} ms`)), deadline);
      const send = (wait: number): void => {
        link.send(request);
        repeat = setTimeout(() => send(wait * 2), wait);
      };
      link.onLost = (error) => {
        if (refused || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') reject(error);
        refused = error;
      };
      link.onMessage = (data) => {
        const message = decodeStun(data);
        if (!message?.transactionId.equals(transactionId) || !isAnswer(data)) {
          onMessage(data);
          return;
        }
        resolve({ message, data, took: performance.now() - begun });
      };
      send(FIRST_REPEAT);
    });
  } finally {
    clearTimeout(repeat);
    clearTimeout(giveUp);
    link.onMessage = onMessage;
    link.onLost = onLost;
  }
}
