/** The script that puts `window.traces` into a page, before any of the page's own. */
export const tracesScript = `window.traces = (${makeTraces.toString()})()`;

declare global {
  interface Window {
    traces: ReturnType<typeof makeTraces>;
  }
}

/** Runs in the page: keeps what the page opens, and counts what of it is still open. */
function makeTraces() {
  const tracks: MediaStreamTrack[] = [];
  const sockets: WebSocket[] = [];
  const connections: RTCPeerConnection[] = [];
  const contexts: AudioContext[] = [];
  const ports = new Set<MessagePort>();
  let channels = 0;

  function kept<C extends new (...args: never[]) => object>(
    constructor: C,
    keep: (made: InstanceType<C>) => void,
  ): C {
    return new Proxy(constructor, {
      construct(target, args, self) {
        const made = Reflect.construct(target, args, self) as InstanceType<C>;
        keep(made);
        return made;
      },
    });
  }
  window.WebSocket = kept(window.WebSocket, (socket) => sockets.push(socket));
  window.RTCPeerConnection = kept(window.RTCPeerConnection, (connection) => connections.push(connection));
  window.AudioContext = kept(window.AudioContext, (context) => contexts.push(context));
  window.MessageChannel = kept(window.MessageChannel, (channel) => {
    channels += 1;
    ports.add(channel.port1);
  });
  const closePort = MessagePort.prototype.close;
  MessagePort.prototype.close = function (): void {
    ports.delete(this);
    closePort.call(this);
  };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const open = devices?.[name].bind(devices);
    if (!devices || !open) continue;
    devices[name] = async (constraints) => {
      const stream = await open(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  }

  return {
    /** Everything that was opened so far. */
    opened: () => ({
      tracks: tracks.length,
      sockets: sockets.length,
      connections: connections.length,
      channels,
      contexts: contexts.length,
    }),
    /** What of it is open. */
    open: () => ({
      tracks: tracks.filter((track) => track.readyState === 'live').length,
      sockets: sockets.filter((socket) => socket.readyState < WebSocket.CLOSED).length,
      connections: connections.filter((connection) => connection.signalingState !== 'closed').length,
      contexts: contexts.filter((context) => context.state !== 'closed').length,
      ports: ports.size,
      frames: window.length,
    }),
  };
}
