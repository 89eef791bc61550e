import type { RtpCapabilities } from '../protocol/models.ts';
import { TypedEmitter } from '../support/TypedEmitter.ts';
import { decodableVideoCodecs } from './forwarding/videoCodecs.ts';
import { capabilitiesByKind, type CapabilitiesByKind } from './mediasoupCalls.ts';

interface PeerCapabilitiesEvents {
  /** They are known now, or different. */
  changed: [];
}

/** What a peer can receive, once it said so. */
export class PeerCapabilities extends TypedEmitter<PeerCapabilitiesEvents> {
  #byKind: CapabilitiesByKind | undefined;
  #videoCodecs: string[] | undefined;

  get byKind(): CapabilitiesByKind | undefined {
    return this.#byKind;
  }

  /** Mime types of what it decodes. */
  get videoCodecs(): readonly string[] | undefined {
    return this.#videoCodecs;
  }

  /** Kept until the next call. */
  set(rtpCapabilities: RtpCapabilities): void {
    this.#byKind = capabilitiesByKind(rtpCapabilities);
    this.#videoCodecs = decodableVideoCodecs(rtpCapabilities);
    this.emit('changed');
  }
}
