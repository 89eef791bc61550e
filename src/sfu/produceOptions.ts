import type { MediaKind, MediaSource, RtpParameters } from '../protocol/models.ts';
import { badRequest } from '../support/errors.ts';

export interface ProduceOptions {
  transportId: string;
  kind: MediaKind;
  source: MediaSource;
  rtpParameters: RtpParameters;
  paused: boolean;
  label?: string | undefined;
  /** Of the picture, in pixels. */
  width?: number | undefined;
  height?: number | undefined;
  /** An own producer of the same source, which goes once the new one is there. */
  replaces?: string | undefined;
}

const SOURCE_KINDS: Record<MediaSource, readonly MediaKind[]> = {
  microphone: ['audio'],
  camera: ['video'],
  screen: ['video'],
  screenAudio: ['audio'],
  custom: ['audio', 'video'],
};

/** @throws ParleyError `badRequest` when source, kind and codecs do not fit. */
export function assertKind({ source, kind, rtpParameters }: ProduceOptions): void {
  if (!SOURCE_KINDS[source].includes(kind)) throw badRequest(`a ${source} is not ${kind}`);
  // mediasoup would take audio parameters for a producer of kind video.
  if (!rtpParameters.codecs.every(({ mimeType }) => mimeType.toLowerCase().startsWith(`${kind}/`))) {
    throw badRequest(`the codecs are not all ${kind}`);
  }
}
