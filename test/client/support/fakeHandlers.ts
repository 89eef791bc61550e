import { FakeHandler } from 'mediasoup-client/handlers/FakeHandler';
import * as fakeParameters from 'mediasoup-client/fakeParameters';
import type { types } from 'mediasoup-client';

/** What the SDK sends on, as far as a test looks at it. */
export interface FakeChannel {
  _readyState: RTCDataChannelState;
  _bufferedAmount: number;
  readonly label: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | null;
  send: (data: Uint8Array) => void;
  sent: Uint8Array[];
  dispatchEvent: (event: { type: string; data?: unknown }) => void;
}

/** mediasoup-client's fake handler, as tests use it. */
type Handler = ReturnType<types.HandlerFactory['factory']> & {
  setConnectionState: (state: types.ConnectionState) => void;
};

export interface FakeTransport {
  direction: 'send' | 'recv';
  handler: Handler;
  /** Number of ICE restarts. */
  restarts: number;
  closed: boolean;
  channels: FakeChannel[];
  options: types.HandlerOptions;
}

/** mediasoup-client's seam, with its own fake behind it; data channels open by themselves. */
export class FakeHandlers {
  readonly transports: FakeTransport[] = [];
  readonly factory: types.HandlerFactory;

  constructor() {
    const original = FakeHandler.createFactory(fakeParameters);
    this.factory = {
      name: original.name,
      getNativeRtpCapabilities: (options) => original.getNativeRtpCapabilities(options),
      factory: (options) => this.#create(original.factory(options) as Handler, options),
    };
  }

  /** The newest transport of a direction. */
  transport(direction: 'send' | 'recv'): FakeTransport {
    const found = this.transports.findLast((transport) => transport.direction === direction);
    if (!found) throw new Error(`no ${direction} transport yet`);
    return found;
  }

  #create(handler: Handler, options: types.HandlerOptions): Handler {
    const transport: FakeTransport = {
      direction: options.direction,
      handler,
      restarts: 0,
      closed: false,
      channels: [],
      options,
    };
    this.transports.push(transport);
    const close = handler.close.bind(handler);
    handler.close = () => {
      transport.closed = true;
      close();
    };
    const restartIce = handler.restartIce.bind(handler);
    handler.restartIce = async (parameters) => {
      transport.restarts += 1;
      await restartIce(parameters);
    };
    const sendDataChannel = handler.sendDataChannel.bind(handler);
    handler.sendDataChannel = async (parameters) => {
      const result = await sendDataChannel(parameters);
      transport.channels.push(openSoon(result.dataChannel));
      return result;
    };
    const receiveDataChannel = handler.receiveDataChannel.bind(handler);
    handler.receiveDataChannel = async (parameters) => {
      const result = await receiveDataChannel(parameters);
      transport.channels.push(openSoon(result.dataChannel));
      return result;
    };
    return handler;
  }
}

function openSoon(dataChannel: RTCDataChannel): FakeChannel {
  const channel = dataChannel as unknown as FakeChannel;
  channel.sent = [];
  channel.send = (data) => void channel.sent.push(data);
  setTimeout(() => {
    channel._readyState = 'open';
    channel.dispatchEvent({ type: 'open' });
  }, 1);
  return channel;
}
