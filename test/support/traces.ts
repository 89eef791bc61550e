/** The script that puts `window.traces` into a page, before any of the page's own. */
export const tracesScript = `window.traces = (${makeTraces.toString()})()`;

declare global {
  interface Window {
    traces: ReturnType<typeof makeTraces>;
  }
}

/** Runs in the page: keeps what the page opens until it is closed, no longer, so that nothing stays because of it. */
function makeTraces() {
  /** Things of one kind: how many there were, and those that are open. */
  function kind<T>(isOpen: (thing: T) => boolean) {
    let things: T[] = [];
    let opened = 0;
    return {
      keep: (...made: T[]): void => {
        opened += made.length;
        things.push(...made);
      },
      opened: () => opened,
      open: (): number => (things = things.filter(isOpen)).length,
    };
  }
  const tracks = kind((track: MediaStreamTrack) => track.readyState === 'live');
  const sockets = kind((socket: WebSocket) => socket.readyState < WebSocket.CLOSED);
  const connections = kind((connection: RTCPeerConnection) => connection.signalingState !== 'closed');
  const contexts = kind((context: AudioContext) => context.state !== 'closed');
  const closedPorts = new WeakSet<MessagePort>();
  const ports = kind((port: MessagePort) => !closedPorts.has(port));

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
  window.WebSocket = kept(window.WebSocket, (socket) => sockets.keep(socket));
  window.RTCPeerConnection = kept(window.RTCPeerConnection, (connection) => connections.keep(connection));
  window.AudioContext = kept(window.AudioContext, (context) => contexts.keep(context));
  window.MessageChannel = kept(window.MessageChannel, ({ port1 }) => ports.keep(port1));
  const closePort: (this: MessagePort) => void = Reflect.get(MessagePort.prototype, 'close');
  MessagePort.prototype.close = function (): void {
    closedPorts.add(this);
    closePort.call(this);
  };
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  for (const name of ['getUserMedia', 'getDisplayMedia'] as const) {
    const open = devices?.[name].bind(devices);
    if (!devices || !open) continue;
    devices[name] = async (constraints) => {
      const stream = await open(constraints);
      tracks.keep(...stream.getTracks());
      return stream;
    };
  }

  return {
    /** Everything that was opened so far. */
    opened: () => ({
      tracks: tracks.opened(),
      sockets: sockets.opened(),
      connections: connections.opened(),
      contexts: contexts.opened(),
      ports: ports.opened(),
    }),
    /** What of it is open. */
    open: () => ({
      tracks: tracks.open(),
      sockets: sockets.open(),
      connections: connections.open(),
      contexts: contexts.open(),
      ports: ports.open(),
      frames: window.length,
    }),
  };
}
