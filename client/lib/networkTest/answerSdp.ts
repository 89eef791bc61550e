import type { TransportInfo } from '../../../src/protocol/models.ts';

/**
 * What the server would answer to an offer of one data channel (RFC 8841, RFC 8839): it is ICE-lite and waits for the
 * client's DTLS handshake.
 *
 * @param mid Of the offer's only section.
 */
export function answerSdp(
  { iceParameters, iceCandidates, dtlsParameters }: TransportInfo,
  mid: string,
): string {
  const { usernameFragment, password } = iceParameters;
  const candidates = iceCandidates.map((candidate) => {
    const { foundation, protocol, priority, address, port, type, tcpType } = candidate;
    const tcp = tcpType === undefined ? '' : ` tcptype ${tcpType}`;
    return `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcp}`;
  });
  const fingerprint =
    dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ??
    dtlsParameters.fingerprints[0];
  const lines = [
    'v=0',
    'o=parley 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mid}`,
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${usernameFragment}`,
    `a=ice-pwd:${password}`,
    ...candidates,
    'a=end-of-candidates',
    `a=fingerprint:${fingerprint?.algorithm ?? ''} ${fingerprint?.value ?? ''}`,
    'a=setup:passive',
    'a=sctp-port:5000',
    'a=max-message-size:262144',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
