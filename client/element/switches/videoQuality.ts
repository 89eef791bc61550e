/** What a person chooses from. */
export type QualityStep = 'low' | 'standard' | 'high';

/** Lines of a picture for each; 0: no limit. */
export const LINES: Readonly<Record<QualityStep, number>> = { low: 360, standard: 0, high: 1080 };

/** The lines of the tallest picture that makes sense. */
export const TALLEST = 4320;

/** The step that so many lines (0: no limit) belong to: an embedding page may have asked for any number. */
export function stepOf(lines: number): QualityStep {
  if (lines === 0) return 'standard';
  if (lines <= LINES.low) return 'low';
  return lines < LINES.high ? 'standard' : 'high';
}

/** Whether a page may ask for so many lines. */
export function isVideoQuality(lines: unknown): lines is number {
  return typeof lines === 'number' && Number.isInteger(lines) && lines >= 0 && lines <= TALLEST;
}

/**
 * What the camera is asked for at each step (W3C Media Capture 4.3.5). Only wishes: a camera that has less gives what it has.
 */
const CAMERAS: Readonly<Record<QualityStep, MediaTrackConstraints>> = {
  low: cameraOf(640, 360, 20),
  standard: cameraOf(1280, 720, 30),
  high: cameraOf(1920, 1080, 30),
};

/** What the camera is asked for where pictures have so many lines at most. */
export function cameraFor(lines: number): MediaTrackConstraints {
  return CAMERAS[stepOf(lines)];
}

function cameraOf(width: number, height: number, frameRate: number): MediaTrackConstraints {
  return { width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: frameRate } };
}
