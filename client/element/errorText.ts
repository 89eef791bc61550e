import { text } from './text.ts';

/** What was tried when it failed; `room`: anything else in a room, once one is in it. */
export type Attempt = 'join' | 'camera' | 'microphone' | 'screen' | 'room';

/** An error as a sentence for the person in front of the screen; null where there is nothing to tell. */
export function errorText(error: unknown, attempt: Attempt): string | null {
  const reason = property(error, 'reason');
  if (reason !== undefined) return mediaText(reason, attempt);
  switch (property(error, 'code')) {
    case 'limitExceeded':
      return attempt === 'join' ? text.errorRoomFull : text.errorLimit;
    case 'unauthorized':
      return text.errorToken;
    case 'forbidden':
      return attempt === 'microphone' ? text.errorMuted : text.errorForbidden;
    case 'locked':
      return text.errorLocked;
    case 'passwordRequired':
      return text.errorPasswordRequired;
    case 'wrongPassword':
      return text.errorWrongPassword;
    case 'rateLimited':
      return text.errorRateLimited;
    case 'waitingRoom':
      return text.errorWaitingRoom;
    case 'denied':
      return text.errorDenied;
    case 'notAnswered':
      return text.errorNotAnswered;
    case 'badRequest':
      return text.errorBadRequest;
    // Whoever follows it does not show it.
    case 'redirected':
    case 'unavailable':
      return text.errorUnavailable;
    case 'timeout':
      return text.errorTimeout;
    case 'conflict':
      return text.errorConflict;
    case 'notFound':
      return text.errorNotFound;
    case 'internal':
      return text.errorInternal;
    case 'invalidState':
      // The room closed meanwhile, and says so itself.
      return null;
    default:
      return text.errorUnknown;
  }
}

/** What keeps camera and microphone from the preview, said once where it is the same for both. */
export function captureProblems(camera: unknown, microphone: unknown): string[] {
  const reason = property(camera, 'reason');
  const both = reason !== undefined && reason === property(microphone, 'reason') ? BOTH[reason] : undefined;
  if (both) return [both()];
  return [
    camera === null ? null : errorText(camera, 'camera'),
    microphone === null ? null : errorText(microphone, 'microphone'),
  ].filter((problem) => problem !== null);
}

const BOTH: Partial<Record<string, () => string>> = {
  denied: () => text.bothDenied,
  notFound: () => text.bothMissing,
  insecure: () => text.bothInsecure,
};

/** The code of a ParleyError, `media` with its reason, or `internal`: for programs, not for people. */
export function errorCode(error: unknown): string {
  return property(error, 'code') ?? property(error, 'reason') ?? 'internal';
}

function mediaText(reason: string, attempt: Attempt): string | null {
  if (reason === 'cancelled') return null;
  if (attempt === 'screen') return reason === 'denied' ? text.screenDenied : text.screenFailed;
  const device = attempt === 'microphone' ? 'microphone' : 'camera';
  switch (reason) {
    case 'denied':
      return text.mediaDenied(device);
    case 'notFound':
    case 'overconstrained':
      return text.mediaMissing(device);
    case 'inUse':
      return text.mediaBusy(device);
    case 'insecure':
      return text.mediaInsecure(device);
    default:
      return text.mediaFailed(device);
  }
}

function property(error: unknown, name: 'reason' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value = (error as Partial<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
