import { Device, type types } from 'mediasoup-client';
import type { RtpCapabilities } from '../../src/protocol/models.ts';
import { browserHandler } from './browserHandler.ts';

/**
 * mediasoup-client's device, loaded once for all routers of the same capabilities: to find out what a browser can do
 * takes peer connections of its own, and after a media reset every ms counts.
 */
export class MediaDevice {
  readonly #handlerFactory: types.HandlerFactory | undefined;
  #loaded: { key: string; device: Device } | undefined;

  constructor(handlerFactory?: types.HandlerFactory) {
    this.#handlerFactory = handlerFactory;
  }

  /** @throws mediasoup-client `UnsupportedError` in a browser without WebRTC. */
  async load(routerRtpCapabilities: RtpCapabilities): Promise<Device> {
    const key = JSON.stringify(routerRtpCapabilities);
    if (this.#loaded?.key === key) return this.#loaded.device;
    const handlerFactory = this.#handlerFactory ?? browserHandler();
    const device = await Device.factory(handlerFactory ? { handlerFactory } : {});
    // The wire's types are wider than mediasoup-client's unions of known names; it checks them itself.
    await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    this.#loaded = { key, device };
    return device;
  }
}
