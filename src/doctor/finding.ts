/**
 * What a check came to.
 *
 * - `ok`: looked at, and as it should be
 * - `warning`: works, and not as well as it could, or not for everybody
 * - `fault`: somebody will be left without media, or without the server
 * - `skipped`: could not be looked at; the text says why
 */
export type FindingStatus = 'ok' | 'warning' | 'fault' | 'skipped';

/** One thing that was looked at. */
export interface Finding {
  /** The check's name, stable for scripts. */
  check: string;
  status: FindingStatus;
  /** A sentence for whoever runs the server. */
  text: string;
  /** The one setting or command that mends it. */
  mend?: string;
}

type Factory = (text: string) => Omit<Finding, 'check'>;
type Mending = (text: string, mend: string) => Omit<Finding, 'check'>;

export const ok: Factory = (text) => ({ status: 'ok', text });
export const skipped: Factory = (text) => ({ status: 'skipped', text });
export const warning: Mending = (text, mend) => ({ status: 'warning', text, mend });
export const fault: Mending = (text, mend) => ({ status: 'fault', text, mend });
