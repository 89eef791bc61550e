import type { types } from 'mediasoup-client';

let known: boolean | undefined;

/**
 * Whether this browser encodes several layers into one stream, which it says by keeping the mode that it is given (W3C
 * webrtc-svc section 4.1): Firefox does not know it and drops it. Asked once per page; false without WebRTC.
 */
export function encodesSvc(): boolean {
  return (known ??= ask());
}

function ask(): boolean {
  if (typeof RTCPeerConnection === 'undefined') return false;
  const connection = new RTCPeerConnection();
  try {
    // Which codec it is for is not known before a negotiation, so a mode of any codec will do.
    const encoding: types.RtpEncodingParameters = { scalabilityMode: 'L3T3_KEY' };
    const { sender } = connection.addTransceiver('video', { sendEncodings: [encoding] });
    const [kept]: types.RtpEncodingParameters[] = sender.getParameters().encodings;
    return kept?.scalabilityMode !== undefined;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}
