/** The wire protocol's version; a client that speaks another one is refused in the handshake. */
export const PROTOCOL_VERSION = 1;
