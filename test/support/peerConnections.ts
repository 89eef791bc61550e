declare global {
  interface Window {
    /** All that the page ever made. */
    peerConnections: Set<RTCPeerConnection>;
  }
}

/** Runs in a page before anything else: keeps the page's connections. Everything that it needs is inside. */
export function keepPeerConnections(): void {
  window.peerConnections = new Set();
  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      window.peerConnections.add(this);
    }
  };
}
