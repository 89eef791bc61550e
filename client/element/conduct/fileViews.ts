import type { IncomingStatus } from '../../lib/files/IncomingFile.ts';
import type { FileReceiver, OutgoingFile, ReceiverStatus } from '../../lib/files/OutgoingFile.ts';

/** A file as the chat shows it. */
export interface FileView {
  id: string;
  /** This person sends it. */
  own: boolean;
  name: string;
  /** Bytes. */
  size: number;
  /** Name of the sender. */
  from: string;
  /** Id of the chat message that was the newest when it came; null: there was none. */
  after: string | null;
  /** Of a file of one's own, of all its receivers together. */
  status: IncomingStatus | ReceiverStatus;
  /** What has come; of a file of one's own, what the furthest of those has to whom it is under way. */
  bytes: number;
  /** Names of those who are offered it. */
  to: readonly string[];
  /** Where all of it is had once it is received. */
  url?: string;
}

/** How a file of one's own stands. */
export function outgoingView(
  file: Pick<OutgoingFile, 'fileId' | 'name' | 'size' | 'receivers'>,
  names: ReadonlyMap<string, string>,
  after: string | null,
): FileView {
  const { fileId, name, size, receivers } = file;
  const sending = receivers.filter(({ status }) => status === 'sending');
  return {
    id: fileId,
    own: true,
    name,
    size,
    from: '',
    after,
    status: together(receivers),
    bytes: Math.max(0, ...sending.map(({ bytes }) => bytes)),
    to: receivers.map(({ peerId }) => names.get(peerId) ?? ''),
  };
}

/** What is still under way comes first, then whether anybody got it. */
function together(receivers: readonly FileReceiver[]): ReceiverStatus {
  const order: readonly ReceiverStatus[] = [
    'sending',
    'offered',
    'sent',
    'cancelled',
    'failed',
    'gone',
    'declined',
  ];
  return order.find((status) => receivers.some((receiver) => receiver.status === status)) ?? 'gone';
}

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** A number of bytes in words, such as "1.4 MB"; decimal units. `locale`: BCP 47. */
export function sizeText(bytes: number, locale: string): string {
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}
