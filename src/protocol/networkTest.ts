/** Of a test of the network, and what it costs at most; the client and the server go by the same. */
export const NETWORK_TEST = {
  /** ms after which the server ends one. */
  lifetime: 25_000,
  /** ms for which data is sent each way, at most. */
  duration: 2000,
  /** Bytes that are sent each way, at most. */
  bytes: 1_048_576,
  /** Bytes of one message of them. */
  message: 4096,
  /** Bytes of a message that is sent back, at most; how many are. */
  echo: 8,
  echoes: 16,
} as const;
