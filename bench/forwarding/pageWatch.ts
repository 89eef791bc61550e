import { keepPeerConnections } from '../../test/support/peerConnections.ts';

/** The script that puts `window.benchWatch` into a page, before anything of the page itself runs. */
export const pageWatch = `(${keepPeerConnections.toString()})(); window.benchWatch = (${makePageWatch.toString()})()`;

/** What went through all connections of a page so far; a sample of it has the time, ms since the epoch. */
export interface Flow {
  at: number;
  /** Bytes of media with RTP headers, retransmissions and padding: sent and received video. */
  videoSent: number;
  videoReceived: number;
  /** Bytes that came over all transports, whatever they were. */
  received: number;
  audioPackets: number;
  audioLost: number;
  /** Samples of 48 kHz: played, and of those made up. */
  audioSamples: number;
  audioConcealed: number;
  /** Packets of video, as the browser counts them. */
  videoPackets: number;
  videoLost: number;
}

/** A frame that came onto the page. */
export interface Frame {
  /** ms since the epoch. */
  at: number;
  width: number;
  height: number;
}

declare global {
  interface Window {
    benchWatch: ReturnType<typeof makePageWatch>;
  }
}

/** Runs in the page. Everything that it needs is inside. */
function makePageWatch() {
  type Stat = Record<string, number | string | undefined>;
  const flows: Flow[] = [];
  let frames: Frame[] = [];
  const watched = new WeakSet<HTMLVideoElement>();

  async function flow(): Promise<Flow> {
    const reports = await Promise.all([...window.peerConnections].map((connection) => connection.getStats()));
    const stats = reports.flatMap((report) => [...report.values()] as Stat[]);
    const sum = (type: string, kind: string | undefined, ...names: string[]): number =>
      stats
        .filter((stat) => stat['type'] === type && (kind === undefined || stat['kind'] === kind))
        .reduce((total, stat) => names.reduce((before, name) => before + Number(stat[name] ?? 0), total), 0);
    return {
      at: Date.now(),
      videoSent: sum('outbound-rtp', 'video', 'bytesSent', 'headerBytesSent'),
      videoReceived: sum('inbound-rtp', 'video', 'bytesReceived', 'headerBytesReceived'),
      received: sum('transport', undefined, 'bytesReceived'),
      audioPackets: sum('inbound-rtp', 'audio', 'packetsReceived'),
      audioLost: sum('inbound-rtp', 'audio', 'packetsLost'),
      audioSamples: sum('inbound-rtp', 'audio', 'totalSamplesReceived'),
      audioConcealed: sum('inbound-rtp', 'audio', 'concealedSamples'),
      videoPackets: sum('inbound-rtp', 'video', 'packetsReceived'),
      videoLost: sum('inbound-rtp', 'video', 'packetsLost'),
    };
  }

  return {
    flow,
    flows,
    /** Takes a sample every so many ms from now on. */
    async sample(every: number): Promise<void> {
      for (;;) {
        flows.push(await flow());
        await new Promise((resolve) => setTimeout(resolve, every));
      }
    },
    /** Notes every frame of a video element from now on. */
    watch(video: HTMLVideoElement): void {
      if (watched.has(video)) return;
      watched.add(video);
      const next = (): void => {
        frames.push({ at: Date.now(), width: video.videoWidth, height: video.videoHeight });
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
    },
    /** All frames since the time. */
    framesSince: (since: number): Frame[] => frames.filter(({ at }) => at >= since),
    clear(): void {
      frames = [];
      flows.length = 0;
    },
  };
}
