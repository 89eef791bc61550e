/** The other side of a transport, as signaling told it. */
export interface RemoteEndpoint {
  address: string;
  port: number;
  usernameFragment: string;
  password: string;
  /** SHA-256, as in SDP; the peer's certificate is held against it. */
  fingerprint: string;
  /** This side's role (RFC 8445): controlling, unless a full ICE agent made the offer. */
  iceRole: 'controlling' | 'controlled';
  /** Whether the other side is an ICE lite agent, which never asks first. */
  lite: boolean;
}
