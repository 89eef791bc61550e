declare global {
  interface Window {
    /** All that the page ever made. */
    peerConnections: Set<RTCPeerConnection>;
  }
}

/** As much of RTCIceCandidateStats as tests need; of a relayed one `protocol` is that towards the peer. */
export interface ChosenCandidate {
  type?: string;
  protocol?: string;
  relayProtocol?: string;
  tcpType?: string;
  address?: string;
  port?: number;
}

/** What ICE chose for a connection. */
export interface ChosenPath {
  local: ChosenCandidate;
  remote: ChosenCandidate;
}

/** Runs in a page: what ICE chose for each connection that is open (W3C webrtc-stats). Everything that it needs is inside. */
export async function chosenPaths(): Promise<ChosenPath[]> {
  const paths: ChosenPath[] = [];
  for (const connection of window.peerConnections) {
    if (connection.connectionState !== 'connected') continue;
    const report = new Map<unknown, Record<string, unknown>>();
    (await connection.getStats()).forEach((entry: Record<string, unknown>) => report.set(entry['id'], entry));
    const candidate = (id: unknown): ChosenCandidate => {
      const { candidateType, ...others } = report.get(id) ?? {};
      return { ...others, type: candidateType } as ChosenCandidate;
    };
    for (const { type, selectedCandidatePairId } of report.values()) {
      if (type !== 'transport') continue;
      const pair = report.get(selectedCandidatePairId);
      paths.push({
        local: candidate(pair?.['localCandidateId']),
        remote: candidate(pair?.['remoteCandidateId']),
      });
    }
  }
  return paths;
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
