// What a WHIP sender (RFC 9725) and a WHEP player have in common: an offer is posted, the answer comes back, and so does
// the address of the session, which `DELETE` ends.

/** @returns {Promise<() => Promise<void>>} What ends the session. */
export async function open(connection, endpoint, token) {
  const authorization = token ? { authorization: `Bearer ${token}` } : {};
  await connection.setLocalDescription(await connection.createOffer());
  await gathered(connection);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', ...authorization },
    body: connection.localDescription.sdp,
  });
  if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
  const session = new URL(response.headers.get('location'), endpoint);
  await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
  return async () => {
    connection.close();
    await fetch(session, { method: 'DELETE', headers: authorization });
  };
}

/** All candidates are in the offer then, so that none has to follow by `PATCH`. */
function gathered(connection) {
  return new Promise((resolve) => {
    const look = () => connection.iceGatheringState === 'complete' && resolve();
    connection.addEventListener('icegatheringstatechange', look);
    look();
  });
}
