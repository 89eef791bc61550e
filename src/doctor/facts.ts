import type { networkInterfaces } from 'node:os';
import type { IceServer } from '../protocol/models.ts';

/** The server's settings, as far as the doctor looks at them. */
export interface DoctorSettings {
  port: number;
  host?: string | undefined;
  workers: number;
  rtcPort: number;
  announcedAddresses?: readonly string[] | undefined;
  tlsCert?: string | undefined;
  tlsKey?: string | undefined;
  https: boolean;
  trustProxy: number;
  publicUrl?: string | undefined;
  iceServers: readonly IceServer[];
  redisUrl?: string | undefined;
  maxPeers: number;
  allowedOrigins?: readonly string[] | undefined;
  production: boolean;
  open: boolean;
}

/** An address that clients are told to send media to. */
export interface AnnouncedAddress {
  /** As it is announced: an IP address or a host name. */
  address: string;
  /** What a host name leads to; empty where it leads nowhere. */
  resolved: readonly string[];
  /** The network interface of this machine that has it, if one does. */
  interfaceName: string | undefined;
}

/** A server that answers. */
export interface RunningServer {
  state: 'running';
  url: string;
  isReady: boolean;
  isDraining: boolean;
  mediaPorts: readonly number[];
  /** Process ids of its workers, by which it is told from others. */
  workers: readonly number[];
}

/** What answers where the server should be. */
export type ServerFact =
  | RunningServer
  /** Nobody is there, or somebody who is not Parley. */
  | { state: 'absent'; url: string | undefined; reason: string };

/** How one address answered on one port over one protocol. */
export interface WayFact {
  address: string;
  port: number;
  protocol: 'udp' | 'tcp';
  /** Where it came to an end; undefined where all went well. */
  failure: { stage: 'ice' | 'dtls'; reason: string } | undefined;
}

/** A port that the server needs and cannot have. */
export interface PortFact {
  use: 'pages' | 'media';
  protocol: 'udp' | 'tcp';
  address: string;
  port: number;
  problem: 'inUse' | 'denied' | 'noAddress';
  /** The process that has it, as far as this one may know. */
  owner: string | undefined;
}

/**
 * How far one URL of a STUN or TURN server leads.
 *
 * - `relays`: an allocation was made and a media port answered through it
 * - `answers`: as a STUN server should; or an allocation was made, and there is no media port to relay to
 * - `unresolved`, `unreachable`: its name leads nowhere, or nobody answers there
 * - `untrusted`: browsers refuse its certificate
 * - `expired`, `wrongCredential`: it does not take user name and credential
 * - `refused`: it makes no allocation for another reason
 * - `forbidsMedia`: it does not relay to the media ports
 * - `relaysNothing`: it would, and no media port answers through it
 */
export type RelayOutcome =
  | 'relays'
  | 'answers'
  | 'unresolved'
  | 'unreachable'
  | 'untrusted'
  | 'expired'
  | 'wrongCredential'
  | 'refused'
  | 'forbidsMedia'
  | 'relaysNothing';

export interface RelayFact {
  url: string;
  outcome: RelayOutcome;
  detail: string;
  /** Where that server sees this machine. */
  mapped: string | undefined;
}

/** A certificate as it is served, or as its file would be. */
export interface CertificateFact {
  /** Where it was found, for a person. */
  source: string;
  /** Whether it is what clients are given at this moment. */
  isServed: boolean;
  fingerprint: string;
  /** ms since 1970. */
  validFrom: number;
  validTo: number;
  /** Of the names that clients come by, those that it does not have. */
  missingNames: readonly string[];
  /** Why a browser does not trust its issuer; undefined where it does, or where that was not asked. */
  distrust: string | undefined;
}

/** What is wrong with the certificate's files. */
export interface TlsFact {
  problem: 'unreadable' | 'keyMismatch';
  detail: string;
}

/** How far this machine's clock is ahead of another, ms; less than `accuracy` says nothing. */
export interface ClockFact {
  source: string;
  ahead: number;
  accuracy: number;
}

export type RedisFact =
  | { isReachable: true; shownUrl: string; version: string }
  | { isReachable: false; shownUrl: string; reason: string };

/** All that is known. Checks look at nothing else. */
export interface Facts {
  settings: DoctorSettings;
  /** The URL that was asked about, by which clients come. */
  askedUrl: string | undefined;
  /** Whether the server is this machine's: its settings, ports and files are those that are looked at. */
  isHere: boolean;
  /** Whether clients come from beyond this machine, and from beyond private networks. */
  audience: 'machine' | 'network' | 'internet';
  interfaces: ReturnType<typeof networkInterfaces>;
  /** By the URL that was asked about, or else by the settings. */
  server: ServerFact;
  /** That one, or else the one that runs here and is not reached by the URL. */
  running: RunningServer | undefined;
  /** Why the server let nobody in, if it did not. */
  joinFailure: string | undefined;
  announced: readonly AnnouncedAddress[];
  ways: readonly WayFact[];
  /** Why media could not be tried at all. */
  mediaFailure: string | undefined;
  /** Media ports that were to be tried and could not, because they are not free. */
  ports: readonly PortFact[];
  /** Why the worker's program does not run. */
  workerFailure: string | undefined;
  relays: readonly RelayFact[];
  certificates: readonly CertificateFact[];
  tls: TlsFact | undefined;
  clocks: readonly ClockFact[];
  /** Open files that the server's process may have; undefined where that cannot be known. */
  fileLimit: number | undefined;
  directories: readonly { use: string; path: string; free: number | undefined }[];
  redis: RedisFact | undefined;
  /** Bytes that a socket may keep at most, by `net.core`; undefined where the system does not say. */
  socketBuffers: { receive: number | undefined; send: number | undefined };
  ffmpeg: string | undefined;
  nodeVersion: string;
}
