import type { Frame } from './codecs/Frame.ts';
import { opusDuration } from './codecs/opus.ts';
import { DiskFile } from './DiskFile.ts';
import { clusterHeader, matroskaHeader, simpleBlock, type MatroskaTrack } from './matroska.ts';

/** ms of a cluster at most; its blocks have 16 bits for their times. */
const CLUSTER = 5000;
/** ms that a picture is shown when it is not known how long. */
const PICTURE = 33;
/** ms above which the time between two pictures says nothing of how long the last one is shown. */
const LONG_PICTURE = 200;

/** One track's stretch in one codec configuration, as Matroska that can be read at any time. */
export class TrackFile {
  readonly name: string;
  readonly #track: MatroskaTrack;
  readonly #disk: DiskFile;
  readonly #zero: number;
  #cluster: number | undefined;
  #lastTime = -1;
  #lastDuration = 0;
  #frames = 0;

  /** @param zero Time of the first frame, ms since the epoch. */
  constructor(
    name: string,
    path: string,
    track: MatroskaTrack,
    zero: number,
    onError: (error: unknown) => void,
  ) {
    this.name = name;
    this.#track = track;
    this.#zero = zero;
    this.#disk = new DiskFile(path, onError);
    this.#disk.write(matroskaHeader(track, zero));
  }

  get bytes(): number {
    return this.#disk.bytes;
  }

  get frames(): number {
    return this.#frames;
  }

  get startsAt(): number {
    return this.#zero;
  }

  /** When its last frame ends. */
  get endsAt(): number {
    return this.#zero + Math.max(0, this.#lastTime) + this.#lastDuration;
  }

  /** Whether a frame can go on in this file. */
  fits({ configuration }: Frame): boolean {
    return configuration === undefined || this.#track.configuration?.equals(configuration) === true;
  }

  /** @param at ms since the epoch; what is not after the frame before is put right behind it. */
  write(frame: Frame, at: number): void {
    const time = Math.max(Math.round(at - this.#zero), this.#lastTime + 1);
    const passed = time - this.#lastTime;
    if (this.#track.kind === 'audio') this.#lastDuration = opusDuration(frame.data);
    else this.#lastDuration = this.#frames > 0 && passed < LONG_PICTURE ? passed : PICTURE;
    const isNewCluster =
      this.#cluster === undefined ||
      time - this.#cluster >= CLUSTER ||
      (frame.key && this.#track.kind === 'video' && time > this.#cluster);
    if (isNewCluster) {
      this.#cluster = time;
      this.#disk.write(clusterHeader(time));
    }
    this.#disk.write(simpleBlock(frame.data, time - (this.#cluster ?? time), frame.key));
    this.#lastTime = time;
    this.#frames += 1;
  }

  /** Resolves when all is on the disk. */
  async close(): Promise<void> {
    await this.#disk.close();
  }
}
