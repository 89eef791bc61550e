/*
 * As much of Janus 1.x's API as bots need. Source: the Janus documentation, "Plain WebSockets" and "VideoRoom plugin".
 */

export interface Jsep {
  type: 'offer' | 'answer';
  sdp: string;
}

/** A stream of a publisher. */
export interface PublishedStream {
  type: 'audio' | 'video' | 'data';
  mid: string;
  /** Gone; its place is kept. */
  disabled?: boolean;
  description?: string;
}

export interface Publisher {
  id: number;
  display?: string;
  streams?: PublishedStream[];
}

/** A stream of a subscription. */
export interface SubscribedStream {
  /** Of the media section in the subscriber's own description. */
  mid: string;
  active?: boolean;
  feed_id?: number;
  feed_mid?: string;
}

/** Whatever the VideoRoom plugin answers and tells. */
export interface PluginData {
  videoroom?: string;
  error_code?: number;
  error?: string;
  id?: number;
  private_id?: number;
  publishers?: Publisher[];
  attendees?: { id: number }[];
  /** Somebody came in. */
  joining?: { id: number };
  /** Somebody left; of one's own leaving `ok`. */
  leaving?: number | 'ok';
  kicked?: number | 'ok';
  unpublished?: number | 'ok';
  streams?: SubscribedStream[];
}

export interface JanusMessage {
  janus: string;
  transaction?: string;
  /** The handle. */
  sender?: number;
  data?: { id: number };
  plugindata?: { data?: PluginData };
  jsep?: Jsep;
  error?: { code: number; reason: string };
  reason?: string;
  version_string?: string;
}
