import { absSendTime, writeNtp } from './ntp.ts';

/** Ids of the header extensions that a sender fills (RFC 8285, one-byte form, 1 to 14); absent: not negotiated. */
export interface HeaderExtensionIds {
  mid?: number;
  transportCc?: number;
  absCaptureTime?: number;
  absSendTime?: number;
  audioLevel?: number;
}

const URIS: Record<keyof HeaderExtensionIds, string> = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  absCaptureTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  absSendTime: 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  audioLevel: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
};

/** The ids among negotiated extensions. */
export function headerExtensionIds(
  negotiated: readonly { uri: string; id: number }[] | undefined,
): HeaderExtensionIds {
  const ids: HeaderExtensionIds = {};
  for (const name of Object.keys(URIS) as (keyof HeaderExtensionIds)[]) {
    const found = negotiated?.find(({ uri }) => uri === URIS[name]);
    if (found && found.id >= 1 && found.id <= 14) ids[name] = found.id;
  }
  return ids;
}

/** What is the same in all packets of a stream. */
export interface RtpHeaderPlan {
  payloadType: number;
  ssrc: number;
  /** 1 to 16 bytes. */
  mid?: string;
  extensions: HeaderExtensionIds;
}

/** A header that is written over for every packet. The offsets (0: absent) are those of the extensions' data. */
export interface RtpHeaderTemplate {
  readonly buffer: Buffer;
  readonly payloadType: number;
  readonly transportCc: number;
  readonly absCaptureTime: number;
  readonly absSendTime: number;
  readonly audioLevel: number;
}

/** A header with all extensions in place and nothing in them (RFC 3550, 5.1; RFC 8285, 4.2). */
export function createHeader(plan: RtpHeaderPlan): RtpHeaderTemplate {
  const { extensions, mid } = plan;
  const midBytes = Buffer.from(mid ?? '');
  const elements: { name: keyof HeaderExtensionIds; id: number; data: Buffer }[] = [];
  const add = (name: keyof HeaderExtensionIds, data: Buffer): void => {
    const id = extensions[name];
    if (id !== undefined && data.length > 0) elements.push({ name, id, data });
  };
  add('transportCc', Buffer.alloc(2));
  add('absSendTime', Buffer.alloc(3));
  add('absCaptureTime', Buffer.alloc(8));
  add('audioLevel', Buffer.alloc(1));
  add('mid', midBytes);
  const used = elements.reduce((sum, { data }) => sum + 1 + data.length, 0);
  const words = Math.ceil(used / 4);
  const buffer = Buffer.alloc(12 + (words > 0 ? 4 + words * 4 : 0));
  buffer[0] = words > 0 ? 0x90 : 0x80;
  buffer[1] = plan.payloadType;
  buffer.writeUInt32BE(plan.ssrc, 8);
  const offsets = { mid: 0, transportCc: 0, absCaptureTime: 0, absSendTime: 0, audioLevel: 0 };
  if (words > 0) {
    buffer.writeUInt16BE(0xbede, 12);
    buffer.writeUInt16BE(words, 14);
    let at = 16;
    for (const { name, id, data } of elements) {
      buffer[at] = (id << 4) | (data.length - 1);
      offsets[name] = at + 1;
      data.copy(buffer, at + 1);
      at += 1 + data.length;
    }
  }
  return { buffer, payloadType: plan.payloadType, ...offsets };
}

/** Fills in what differs from packet to packet. Times are Unix ms; `transportSequence` is 16 bits. */
export function fillHeader(
  template: RtpHeaderTemplate,
  marker: boolean,
  sequence: number,
  timestamp: number,
  transportSequence: number,
  captured: number,
  now: number,
): void {
  const { buffer } = template;
  buffer[1] = marker ? template.payloadType | 0x80 : template.payloadType;
  buffer[2] = sequence >>> 8;
  buffer[3] = sequence & 0xff;
  buffer[4] = timestamp >>> 24;
  buffer[5] = (timestamp >>> 16) & 0xff;
  buffer[6] = (timestamp >>> 8) & 0xff;
  buffer[7] = timestamp & 0xff;
  if (template.transportCc !== 0) {
    buffer[template.transportCc] = transportSequence >>> 8;
    buffer[template.transportCc + 1] = transportSequence & 0xff;
  }
  if (template.absSendTime !== 0) buffer.writeUIntBE(absSendTime(now), template.absSendTime, 3);
  if (template.absCaptureTime !== 0) writeNtp(buffer, template.absCaptureTime, captured);
}

/** RFC 6464: dBov below the maximum, 0 (loudest) to 127 (silent), and whether it is a voice. */
export function fillAudioLevel(template: RtpHeaderTemplate, level: number, voice: boolean): void {
  if (template.audioLevel !== 0) template.buffer[template.audioLevel] = (voice ? 0x80 : 0) | level;
}
