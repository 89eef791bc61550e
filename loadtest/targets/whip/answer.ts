import { unavailable } from '../../../src/support/errors.ts';
import { unsupported } from '../observedRequest.ts';
import { readSdp, valuesOf, type Sdp, type SdpMedia } from '../sdp/readSdp.ts';

/**
 * Reads an answer and holds it against what bots do: one transport for all, and they are its DTLS client.
 *
 * @throws ParleyError `unavailable` for what is no answer, `badRequest` for what bots do not do.
 */
export function readAnswer(text: string): Sdp {
  const answer = parse(text);
  const taken = answer.media.filter((media) => !isRefused(media));
  if (taken.length === 0) throw unavailable('the answer is no SDP, or takes no media');
  const [first] = taken;
  const bundle = valuesOf(answer, 'group')
    .map((value) => value.split(' '))
    .find(([semantics, ...mids]) => semantics === 'BUNDLE' && mids.includes(first?.mid ?? ''));
  if (taken.length > 1 && !taken.every(({ mid }) => bundle?.includes(mid)))
    throw unsupported('the answer is not bundled (RFC 9143), and bots have one transport');
  const setups = [answer, ...answer.media].flatMap((section) => valuesOf(section, 'setup'));
  if (setups.includes('active'))
    throw unsupported('the server wants to be the DTLS client (RFC 8842), which the bots are');
  return answer;
}

/** Whether an answer turns a media section down (RFC 9429, 5.3.1). */
export function isRefused({ port, direction }: SdpMedia): boolean {
  return port === 0 || direction === 'inactive';
}

function parse(text: string): Sdp {
  try {
    return readSdp(text);
  } catch (error) {
    throw unavailable(`the answer is ${(error as Error).message}`, { cause: error });
  }
}
