import { assembleAv1 } from './av1.ts';
import type { Assemble } from './Frame.ts';
import { assembleH264 } from './h264.ts';
import { assembleOpus } from './opus.ts';
import { assembleVp8 } from './vp8.ts';
import { assembleVp9 } from './vp9.ts';

export interface RecordedCodec {
  /** Its name in Matroska (RFC 9559 and the codec mappings beside it). */
  codecId: string;
  assemble: Assemble;
  /** The container of the finished file: WebM where that takes the codec. */
  container: 'webm' | 'mp4';
  /** Whether a file cannot begin before its configuration is known. */
  needsConfiguration: boolean;
}

/** What can be recorded, by mime type in small letters. */
const CODECS: Readonly<Record<string, RecordedCodec>> = {
  'audio/opus': { codecId: 'A_OPUS', assemble: assembleOpus, container: 'webm', needsConfiguration: false },
  'video/vp8': { codecId: 'V_VP8', assemble: assembleVp8, container: 'webm', needsConfiguration: false },
  'video/vp9': { codecId: 'V_VP9', assemble: assembleVp9, container: 'webm', needsConfiguration: false },
  'video/av1': { codecId: 'V_AV1', assemble: assembleAv1, container: 'webm', needsConfiguration: true },
  'video/h264': {
    codecId: 'V_MPEG4/ISO/AVC',
    assemble: assembleH264,
    container: 'mp4',
    needsConfiguration: true,
  },
};

export const recordedCodec = (mimeType: string): RecordedCodec | undefined => CODECS[mimeType.toLowerCase()];
