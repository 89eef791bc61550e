import type { QualityCause } from '../../src/protocol/models.ts';
import { text } from './text.ts';

/** Why a track looks or sounds as it does, as far as a person should know; null where all is as it should be. */
export function qualityText(cause: QualityCause | undefined): string | null {
  switch (cause) {
    case 'layerNotSent':
      return text.causeLayerNotSent;
    case 'senderCpu':
      return text.causeSenderCpu;
    case 'senderBandwidth':
      return text.causeSenderBandwidth;
    case 'senderLoss':
      return text.causeSenderLoss;
    case 'receiverBandwidth':
      return text.causeReceiverBandwidth;
    case 'receiverLoss':
      return text.causeReceiverLoss;
    case 'receiverCpu':
      return text.causeReceiverCpu;
    case 'relayLoss':
      return text.causeRelayLoss;
    case 'serverOverload':
      return text.causeServerOverload;
    case 'codecFallback':
      return text.causeCodecFallback;
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
