/**
 * Gets the browser's WebRTC going, in the time in which a person looks at the preview: the first peer connection of a
 * page starts threads and asks for all codecs, which `connect()` would otherwise wait for. Never rejects.
 */
export async function warmUp(): Promise<void> {
  if (typeof RTCPeerConnection === 'undefined') return;
  const connection = new RTCPeerConnection();
  try {
    connection.addTransceiver('audio');
    connection.addTransceiver('video');
    await connection.createOffer();
  } catch {
    // `connect()` says what this browser lacks.
  } finally {
    connection.close();
  }
}
