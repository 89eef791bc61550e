/** A stream that a page receives, as `getStats` has it (W3C webrtc-stats, RTCInboundRtpStreamStats). */
export interface InboundReading {
  /** Unique in the page, also over connections. */
  id: string;
  kind: 'audio' | 'video';
  packetsReceived: number;
  /** 0 for sound, as the two that follow. */
  framesDecoded: number;
  freezeCount: number;
  /** s. */
  totalFreezesDuration: number;
  /** 0 for pictures, as the two that follow. */
  concealedSamples: number;
  silentConcealedSamples: number;
  concealmentEvents: number;
}

/** What a canary's page tells at a moment. */
export interface PageReading {
  /** ms on the page's clock. */
  at: number;
  /** Of `<parley-room>`: `connected`, `closed` and so on; null while there is none. */
  status: string | null;
  /** ms from the beginning of the navigation until the first picture was decoded, and the first sound. */
  first: { audio: number | null; video: number | null };
  inbound: InboundReading[];
}

/** What `installPageProbe` leaves behind in the page. */
export interface PageProbe {
  read(): Promise<PageReading>;
  /** Resolves with the first media of a kind, at once when it was there before. */
  firstMedia(kind: 'audio' | 'video'): Promise<void>;
}

declare global {
  var parleyCanary: PageProbe;
}

// The little that the probe uses of a browser: the tool is compiled without the DOM's types.
interface Receiver {
  track: { kind: 'audio' | 'video' };
  /** Not empty once something of a source was decoded (W3C WebRTC 5.3). */
  getSynchronizationSources(): unknown[];
}
interface Connection {
  addEventListener(type: 'track', listener: (event: { receiver: Receiver }) => void): void;
  getStats(): Promise<Map<string, Partial<InboundReading> & { type: string }>>;
}
interface Browser {
  RTCPeerConnection: new (...args: unknown[]) => Connection;
  document: { querySelector(selector: string): { getAttribute(name: string): string | null } | null };
}

/** Runs in the page before its own scripts. Everything that it needs is inside. */
export function installPageProbe(): void {
  const browser = globalThis as unknown as Browser;
  const connections: Connection[] = [];
  const first: PageReading['first'] = { audio: null, video: null };
  const listeners = { audio: [] as (() => void)[], video: [] as (() => void)[] };

  /** There is no event for the first thing that is decoded. */
  function watch(receiver: Receiver): void {
    const { kind } = receiver.track;
    const timer = setInterval(() => {
      const comes = receiver.getSynchronizationSources().length > 0;
      if (comes && first[kind] === null) {
        first[kind] = performance.now();
        for (const listener of listeners[kind].splice(0)) listener();
      }
      if (first[kind] !== null) clearInterval(timer);
    }, 10);
  }

  browser.RTCPeerConnection = new Proxy(browser.RTCPeerConnection, {
    construct(target, args, newTarget) {
      const connection = Reflect.construct(target, args, newTarget) as Connection;
      connections.push(connection);
      connection.addEventListener('track', ({ receiver }) => watch(receiver));
      return connection;
    },
  });

  async function inboundOf(connection: Connection, index: number): Promise<InboundReading[]> {
    const stats = [...(await connection.getStats()).values()];
    return stats.flatMap((stat) =>
      stat.type === 'inbound-rtp' && (stat.kind === 'audio' || stat.kind === 'video')
        ? {
            id: `${index}/${stat.id ?? ''}`,
            kind: stat.kind,
            packetsReceived: stat.packetsReceived ?? 0,
            framesDecoded: stat.framesDecoded ?? 0,
            freezeCount: stat.freezeCount ?? 0,
            totalFreezesDuration: stat.totalFreezesDuration ?? 0,
            concealedSamples: stat.concealedSamples ?? 0,
            silentConcealedSamples: stat.silentConcealedSamples ?? 0,
            concealmentEvents: stat.concealmentEvents ?? 0,
          }
        : [],
    );
  }

  globalThis.parleyCanary = {
    read: async () => ({
      inbound: (await Promise.all(connections.map(inboundOf))).flat(),
      at: performance.now(),
      status: browser.document.querySelector('parley-room')?.getAttribute('data-status') ?? null,
      first,
    }),
    firstMedia: (kind) =>
      new Promise((resolve) => {
        if (first[kind] === null) listeners[kind].push(resolve);
        else resolve();
      }),
  };
}
