import { forbidden } from '../../src/support/errors.ts';
import type { ConnectOptions, RoomState } from '../lib/publicTypes.ts';
import type { ChatOptions } from '../lib/conductTypes.ts';
import { CallConduct } from './conduct/CallConduct.ts';
import type { Attempt } from './errorText.ts';
import type { CaptureKind, DeviceKind, LocalDevices } from './LocalDevices.ts';
import type { Connect, SessionClient, SessionReports, Toggle } from './sessionTypes.ts';
import { SeenViews, type Wanted } from './SeenViews.ts';
import type { ProducerView } from './views.ts';

export type { Connect, SessionClient, SessionReports, Toggle } from './sessionTypes.ts';

/**
 * One stay in a room: turns the person's requests into calls of the SDK.
 *
 * What is on or off is read from the room's state only; `busy` says what is being changed.
 */
export class RoomSession {
  readonly #devices: LocalDevices;
  readonly #reports: SessionReports;
  readonly #busy = new Map<Toggle, Promise<void>>();
  #client: SessionClient | null = null;
  readonly #views: SeenViews;
  #unlisten: (() => void)[] = [];
  #conduct: CallConduct | null = null;
  #waiting = false;
  /** The person mutes, or unmutes, at this moment; otherwise it is somebody else's doing. */
  #muting = false;
  readonly #givenUp = new AbortController();
  #closed = false;

  /** @param wanted What is asked for of the others' pictures at that moment. */
  constructor(devices: LocalDevices, reports: SessionReports, wanted: () => Wanted) {
    this.#devices = devices;
    this.#reports = reports;
    this.#views = new SeenViews((producerId, view) => this.#client?.setView(producerId, view), wanted);
  }

  /** Null until joined. */
  get state(): RoomState | null {
    return this.#client?.state ?? null;
  }

  /** The room itself; null until joined. */
  get client(): SessionClient | null {
    return this.#client;
  }

  /** Who does what in the room; null until joined. */
  get conduct(): CallConduct | null {
    return this.#conduct;
  }

  /** A host has to let this person in, who is not in the room yet. */
  get waiting(): boolean {
    return this.#waiting && this.#client === null;
  }

  busy(toggle: Toggle): boolean {
    return this.#busy.has(toggle);
  }

  /** Resolves when nothing is being changed any more, however that ended. */
  async settled(toggle: Toggle): Promise<void> {
    while (this.#busy.has(toggle)) await this.#busy.get(toggle)?.catch(() => undefined);
  }

  isOn(toggle: Toggle): boolean {
    const source = SOURCES[toggle];
    const local = this.state?.peers.find((peer) => peer.isLocal);
    return local?.publications.some((p) => p.source === source && !p.paused && p.track !== null) ?? false;
  }

  /** Whether the person's permissions let this source be published. */
  allowed(toggle: Toggle): boolean {
    const permissions = this.state?.permissions;
    if (!permissions?.canPublish) return false;
    return permissions.canPublishSources?.includes(SOURCES[toggle]) ?? true;
  }

  /** Joins; resolves false when it was closed meanwhile. @throws ParleyError */
  async open(connect: Connect, options: ConnectOptions): Promise<boolean> {
    const onWaiting = (): void => {
      this.#waiting = true;
      this.#reports.changed();
    };
    const client = await connect({ ...options, views: true, onWaiting, signal: this.#givenUp.signal });
    if (this.#closed) {
      void client.leave();
      return false;
    }
    this.#client = client;
    this.#listen(client);
    this.#conduct = new CallConduct(client, {
      changed: this.#reports.changed,
      told: this.#reports.told,
      failed: (error) => this.#reports.failed(error, 'room'),
      unmute: () => this.toggleAudio(true),
      isMuting: () => this.#muting,
    });
    this.#reports.changed();
    // Both at once, and neither keeps the person out of the room.
    for (const publishing of [
      this.#publishPreview('microphone', 'audio'),
      this.#publishPreview('camera', 'video'),
    ]) {
      // What failed was reported.
      publishing.catch(() => undefined);
    }
    return true;
  }

  /** Unless it is as `wanted`. @throws as the SDK's `publishMicrophone`, as its neighbours; what failed is reported, too. */
  toggleAudio(wanted?: boolean): Promise<void> {
    return this.#change('audio', 'microphone', async (client) => {
      if (this.isOn('audio') === wanted) return;
      if (this.#publishes('microphone')) await this.#mute(client, this.isOn('audio'));
      else await this.#publish(client, 'microphone');
    });
  }

  /** Off means unpublished, so that the camera's light goes off. */
  toggleVideo(): Promise<void> {
    return this.#change('video', 'camera', async (client) => {
      if (this.#publishes('camera')) await client.unpublish('camera');
      else await this.#publish(client, 'camera');
    });
  }

  toggleScreen(): Promise<void> {
    return this.#change('screen', 'screen', async (client) => {
      if (this.#publishes('screen')) await client.unpublish('screen');
      else await client.publishScreen();
    });
  }

  async chooseDevice(kind: DeviceKind, deviceId: string): Promise<void> {
    await this.#devices.chooseDevice(kind, deviceId);
    if (kind !== 'speaker') await this.renew(kind);
  }

  /** Opens a device that is in use anew, as it is chosen by now; for the others there is no gap. */
  async renew(kind: CaptureKind): Promise<void> {
    if (!this.#publishes(kind)) return;
    await this.#change(kind === 'camera' ? 'video' : 'audio', kind, async (client) => {
      const track = await this.#devices.openChosen(kind);
      try {
        await client.replaceTrack(kind, track);
      } catch (error) {
        track.stop();
        throw error;
      }
    });
  }

  /** Asks the camera that is in use for the size that is chosen by now; one that does not change goes on as it is. */
  async resizeCamera(): Promise<void> {
    await this.settled('video');
    const local = this.state?.peers.find((peer) => peer.isLocal);
    const camera = local?.publications.find(({ source }) => source === 'camera');
    await camera?.track?.applyConstraints(this.#devices.camera).catch(() => undefined);
  }

  async sendChat(message: string, options: ChatOptions = {}): Promise<void> {
    await this.#client?.sendChat(message, options);
  }

  /** Tells the room what the person sees of it, as far as that changed. */
  reportViews(views: readonly ProducerView[]): void {
    this.#views.report(views);
  }

  /** What is wanted of the others' pictures is something else now. */
  askAgain(): void {
    const publications = this.state?.peers.flatMap((peer) => peer.publications) ?? [];
    this.#views.askAgain(new Set(publications.map(({ producerId }) => producerId)));
  }

  /** Leaves; capture stops with it. Idempotent. */
  async leave(): Promise<void> {
    this.#closed = true;
    this.#givenUp.abort();
    await this.#client?.leave();
    this.#stopListening();
  }

  #listen(client: SessionClient): void {
    const reports = this.#reports;
    this.#unlisten = [
      client.on('stateChanged', () => reports.changed()),
      client.on('statusChanged', (status) => {
        if (status === 'connected') reports.reconnected();
      }),
      client.on('peerJoined', (peer) => reports.peerJoined(peer)),
      client.on('peerLeft', (peer, reason) => reports.peerLeft(peer, reason)),
      client.on('trackPublished', (publication, peer) => {
        if (publication.source === 'screen' && !peer.isLocal) reports.sharing(peer);
      }),
      client.on('draining', () => reports.draining()),
      client.on('recordingChanged', (recording, reason) => {
        if (!recording && reason) reports.recordingEnded(reason);
      }),
      client.on('chatMessage', (message) => reports.chat(message)),
      client.on('localTrackEnded', (source) => {
        if (source === 'camera' || source === 'microphone') reports.deviceEnded(source);
      }),
      // Whether one may be heard is said by an error of its own, as the SDK tells the server by itself.
      client.on('error', (error) => reports.failed(error, this.#muting ? 'microphone' : 'room')),
      client.on('closed', (reason) => {
        this.#stopListening();
        reports.closed(reason);
      }),
    ];
  }

  #stopListening(): void {
    for (const unlisten of this.#unlisten) unlisten();
    this.#unlisten = [];
    this.#conduct?.close();
  }

  async #mute(client: SessionClient, muted: boolean): Promise<void> {
    this.#muting = true;
    try {
      await client.setMuted('microphone', muted);
    } finally {
      this.#muting = false;
    }
  }

  #publishes(source: string): boolean {
    const local = this.state?.peers.find((peer) => peer.isLocal);
    return local?.publications.some((publication) => publication.source === source) ?? false;
  }

  async #publishPreview(kind: CaptureKind, toggle: Toggle): Promise<void> {
    if (!this.#devices.wanted(kind) && !this.#devices.error(kind)) return;
    if (!this.allowed(toggle)) {
      (await this.#devices.take(kind))?.stop();
      return;
    }
    await this.#change(toggle, kind, async (client) => {
      const track = await this.#devices.take(kind);
      if (track) await publish(client, kind, track);
      // Why there is none is still to be told: whoever joins automatically saw no preview.
      else if (this.#devices.error(kind)) throw this.#devices.error(kind) as Error;
    });
  }

  async #publish(client: SessionClient, kind: CaptureKind): Promise<void> {
    const track = await this.#devices.openChosen(kind);
    await publish(client, kind, track);
    void this.#devices.refresh();
  }

  async #change(
    toggle: Toggle,
    attempt: Attempt,
    act: (client: SessionClient) => Promise<unknown>,
  ): Promise<void> {
    const client = this.#client;
    // The browser asks which screen once only; whatever else is wanted meanwhile is done in its turn.
    if (!client || (toggle === 'screen' && this.busy(toggle))) return;
    while (this.busy(toggle)) await this.settled(toggle);
    if (this.#closed) return;
    const change = this.#attempt(attempt, async () => {
      // Before a device is opened that nobody would get anything of.
      if (!this.isOn(toggle) && !this.allowed(toggle)) throw forbidden(`may not publish ${SOURCES[toggle]}`);
      await act(client);
    }).finally(() => {
      this.#busy.delete(toggle);
      this.#reports.changed();
    });
    this.#busy.set(toggle, change);
    this.#reports.changed();
    await change;
  }

  async #attempt(attempt: Attempt, doing: () => Promise<void>): Promise<void> {
    try {
      await doing();
    } catch (error) {
      if (!this.#closed) this.#reports.failed(error, attempt);
      throw error;
    }
  }
}

const SOURCES = { audio: 'microphone', video: 'camera', screen: 'screen' } as const;

async function publish(client: SessionClient, kind: CaptureKind, track: MediaStreamTrack): Promise<void> {
  try {
    await (kind === 'camera' ? client.publishCamera({ track }) : client.publishMicrophone({ track }));
  } catch (error) {
    // Refused before the room took it over.
    track.stop();
    throw error;
  }
}
