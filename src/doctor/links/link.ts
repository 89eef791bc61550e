/** A way on which messages travel to one place and back, whatever they are packed in. */
export interface Link {
  send(message: Buffer): void;
  /** Who is told of what arrives; the last one set. */
  onMessage: (message: Buffer) => void;
  /** Who is told once when nothing travels any more, unless it was closed here. */
  onLost: (error: Error) => void;
  /** Idempotent. */
  close(): void;
}

export const nobody = (): void => undefined;
