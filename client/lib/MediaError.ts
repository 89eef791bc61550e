/**
 * Why a device could not be opened.
 *
 * - `denied`: the person or a policy said no
 * - `notFound`: there is no such device
 * - `inUse`: another application has it, or it does not work
 * - `insecure`: the page is neither HTTPS nor localhost, where browsers give no devices
 * - `unsupported`: this browser cannot do it
 * - `overconstrained`: no device can do what was asked for
 * - `cancelled`: the person closed the dialog of screen sharing
 */
export type MediaErrorReason =
  'denied' | 'notFound' | 'inUse' | 'insecure' | 'unsupported' | 'overconstrained' | 'cancelled';

/** What is wrong with a device or this browser, in one word and a sentence. */
export class MediaError extends Error {
  readonly reason: MediaErrorReason;

  constructor(reason: MediaErrorReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'MediaError';
    this.reason = reason;
  }

  /** From what getUserMedia and getDisplayMedia reject with (W3C Media Capture 10.2, Screen Capture 5.1). */
  static from(error: unknown, what: 'microphone' | 'camera' | 'screen'): MediaError {
    if (error instanceof MediaError) return error;
    const { reason, text } = REASONS[nameOf(error)] ?? { reason: 'inUse', text: 'could not be opened' };
    if (reason === 'denied' && what === 'screen') {
      // Browsers report a closed dialog as a refusal; only the policy of a page reads otherwise.
      return new MediaError('cancelled', 'Sharing the screen was cancelled', { cause: error });
    }
    return new MediaError(reason, `The ${what} ${text}`, { cause: error });
  }
}

const REASONS: Partial<Record<string, { reason: MediaErrorReason; text: string }>> = {
  NotAllowedError: { reason: 'denied', text: 'was not allowed' },
  PermissionDeniedError: { reason: 'denied', text: 'was not allowed' },
  SecurityError: { reason: 'denied', text: 'is not allowed on this page' },
  NotFoundError: { reason: 'notFound', text: 'was not found' },
  DevicesNotFoundError: { reason: 'notFound', text: 'was not found' },
  NotReadableError: { reason: 'inUse', text: 'is in use by another application' },
  TrackStartError: { reason: 'inUse', text: 'is in use by another application' },
  AbortError: { reason: 'inUse', text: 'could not be opened' },
  OverconstrainedError: { reason: 'overconstrained', text: 'cannot do what was asked for' },
  ConstraintNotSatisfiedError: { reason: 'overconstrained', text: 'cannot do what was asked for' },
  NotSupportedError: { reason: 'unsupported', text: 'is not supported by this browser' },
  TypeError: { reason: 'unsupported', text: 'is not supported by this browser' },
};

function nameOf(error: unknown): string {
  // DOMException is not an Error everywhere, but always has a name.
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
