import { fakeTrack } from './fakeTracks.ts';

/** Devices that open at once, or fail as told. */
export class FakeMediaDevices extends EventTarget {
  failure: Error | undefined;
  screenHasAudio = false;
  /** While set, devices open only when it resolves: the person thinks about the dialog. */
  thinking: Promise<void> | undefined;
  readonly asked: MediaStreamConstraints[] = [];
  readonly opened: ReturnType<typeof fakeTrack>[] = [];
  readonly devices: { deviceId: string; kind: MediaDeviceKind }[] = [
    { deviceId: 'mic-1', kind: 'audioinput' },
    { deviceId: 'mic-2', kind: 'audioinput' },
    { deviceId: 'cam-1', kind: 'videoinput' },
  ];

  asMediaDevices(): MediaDevices {
    return this as unknown as MediaDevices;
  }

  enumerateDevices(): Promise<unknown[]> {
    return Promise.resolve(this.devices);
  }

  getUserMedia(constraints: MediaStreamConstraints): Promise<unknown> {
    this.asked.push(constraints);
    return this.#open(constraints.video ? ['video'] : ['audio']);
  }

  getDisplayMedia(): Promise<unknown> {
    return this.#open(this.screenHasAudio ? ['video', 'audio'] : ['video']);
  }

  async #open(kinds: ('audio' | 'video')[]): Promise<unknown> {
    await this.thinking;
    if (this.failure) throw this.failure;
    const tracks = kinds.map((kind) => fakeTrack(kind));
    this.opened.push(...tracks);
    const of = (kind: string) => () => tracks.filter((track) => track.kind === kind);
    return { getTracks: () => tracks, getVideoTracks: of('video'), getAudioTracks: of('audio') };
  }
}
