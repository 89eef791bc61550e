import type { RemoteEndpoint } from './remoteEndpoint.ts';

/** A WebRTC transport without a browser. */
export interface Endpoint {
  readonly localIce: { usernameFragment: string; password: string };
  /** SHA-256 of the certificate, as in SDP. */
  readonly fingerprint: string;
  readonly address: string;
  readonly port: number;
  readonly closed: boolean;
  /** ICE, then DTLS, then SRTP keys. */
  connect(remote: RemoteEndpoint): Promise<{ ice: number; dtls: number }>;
  close(): void;
}
