/** What `obtainWorker` and `findWorker` may be told; everything has a default. */
export interface ObtainOptions {
  /** The installed mediasoup package. */
  mediasoupDir?: string;
  /** Where binaries are kept between starts. */
  cacheRoot?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the work; nothing half-made stays. */
  signal?: AbortSignal;
  /** What is being done, in a few words, whenever that changes. */
  onProgress?: (text: string) => void;
}

/** The worker binary of this machine if there is one already: MEDIASOUP_WORKER_BIN's, or one from the cache. */
export function findWorker(options?: ObtainOptions): Promise<string | undefined>;

/** The worker binary of this machine; downloaded or built (some minutes) if need be. Rejects with a SetupError. */
export function obtainWorker(options?: ObtainOptions): Promise<string>;
