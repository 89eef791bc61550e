import type { Timeline } from './timeline.ts';

/** What one node asks of another one that has a recording. */
export type RecordingOrder = 'stop' | 'remove';

/** The other nodes of the cluster, as far as recordings are concerned. */
export interface OtherNodes {
  /**
   * Nobody else records that room until the returned function is called.
   *
   * @throws ParleyError `conflict` when another node does.
   */
  claim(room: string): Promise<() => void>;
  /**
   * Has another node do something with a recording.
   *
   * @param node Its name or its id.
   * @throws ParleyError `unavailable` when it cannot be asked, or what its doing throws there.
   */
  order(node: string, what: RecordingOrder, recording: RecordingName): Promise<void>;
  /** Does what others ask of this node. Called once. */
  obey(doIt: (what: RecordingOrder, recording: RecordingName) => Promise<void>): void;
}

export type RecordingName = Pick<Timeline, 'room' | 'recordingId'>;

/** A node that is alone. */
export const NO_OTHERS: OtherNodes = {
  claim: () => Promise.resolve(() => undefined),
  order: () => Promise.resolve(),
  obey: () => undefined,
};
