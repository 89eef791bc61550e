import type { QualityCause } from '../../src/protocol/models.ts';
import { text } from './text.ts';

/** Whose side a cause is on: it says whether a picture is *sent* or *shown* with so many lines. */
type Side = 'sender' | 'receiver' | 'neither';

/**
 * Why a track looks or sounds as it does, as far as a person should know; null where all is as it should be.
 *
 * @param lines Of the picture as it comes; 0 where that is not known, or there is none.
 */
export function qualityText(cause: QualityCause | undefined, lines = 0): string | null {
  const known = said(cause);
  if (!known) return null;
  const [sentence, side] = known;
  if (lines <= 0 || side === 'neither') return sentence;
  return side === 'sender' ? text.sending(sentence, lines) : text.showing(sentence, lines);
}

/** The same for those who ask: also what is as it should be, such as a picture that is small because its tile is. */
export function qualityDetail(cause: QualityCause | undefined, lines = 0): string {
  const sentence = qualityText(cause, lines);
  if (sentence !== null) return sentence;
  const quiet = unsaid(cause);
  return lines > 0 && !isStill(cause) ? text.detailLines(lines, quiet) : quiet;
}

/** Whether nothing comes, so that the picture there was says nothing. */
function isStill(cause: QualityCause | undefined): boolean {
  return (
    cause === 'mutedBySender' || cause === 'notVisible' || cause === 'notInLastN' || cause === 'connecting'
  );
}

function said(cause: QualityCause | undefined): [sentence: string, side: Side] | null {
  switch (cause) {
    case 'layerNotSent':
      return [text.causeLayerNotSent, 'neither'];
    case 'senderCpu':
      return [text.causeSenderCpu, 'sender'];
    case 'senderBandwidth':
      return [text.causeSenderBandwidth, 'sender'];
    case 'senderLoss':
      return [text.causeSenderLoss, 'sender'];
    case 'receiverBandwidth':
      return [text.causeReceiverBandwidth, 'receiver'];
    case 'receiverLoss':
      return [text.causeReceiverLoss, 'receiver'];
    case 'receiverCpu':
      return [text.causeReceiverCpu, 'receiver'];
    case 'relayLoss':
      return [text.causeRelayLoss, 'receiver'];
    case 'serverOverload':
      return [text.causeServerOverload, 'receiver'];
    case 'codecFallback':
      return [text.causeCodecFallback, 'neither'];
    case 'fine':
    case 'mutedBySender':
    case 'notVisible':
    case 'notInLastN':
    case 'notAmongLoudest':
    case 'tileIsSmall':
    case 'connecting':
    case undefined:
      return null;
  }
}

function unsaid(cause: QualityCause | undefined): string {
  switch (cause) {
    case 'mutedBySender':
      return text.detailMuted;
    case 'notVisible':
      return text.detailNotVisible;
    case 'notInLastN':
      return text.detailNotInLastN;
    case 'notAmongLoudest':
      return text.detailNotAmongLoudest;
    case 'tileIsSmall':
      return text.detailTileIsSmall;
    case 'connecting':
      return text.detailConnecting;
    default:
      return text.detailFine;
  }
}
