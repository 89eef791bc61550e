/** A bound IPv4 UDP socket, which is then connected to the one address that it talks with. */
export interface UdpSocket {
  readonly address: string;
  readonly port: number;
  /**
   * A datagram arrived at a time in ms of `performance.now()`. Its bytes are the handler's until it returns.
   */
  onDatagram: (datagram: Buffer, arrivedAt: number) => void;
  /** Somebody waits for each answer, as while a connection is made: it is told as soon as can be. */
  urgent: boolean;
  /**
   * Connected sockets cost less per packet, and the kernel keeps strangers out.
   *
   * @throws ParleyError `unavailable` without a way there, `invalid-state` when it is closed.
   */
  connect(address: string, port: number): Promise<void>;
  /** Nothing is told of what cannot be sent. */
  send(datagram: Buffer): void;
  /** Idempotent. */
  close(): void;
}

/** A starved second at 20,000 packets/s fits; the kernel gives what `rmem_max` allows. */
export const RECEIVE_BUFFER = 4 * 1024 * 1024;
export const SEND_BUFFER = 1024 * 1024;
