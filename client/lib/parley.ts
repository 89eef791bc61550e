/**
 * The Parley SDK: `/sdk/parley.js`, an ES module without any user interface.
 *
 *   const room = await connect({ url, room: 'standup', name: 'Ada' });
 *   room.on('trackSubscribed', (track) => { video.srcObject = new MediaStream([track]); });
 *   await room.publishCamera();
 */
export { connect } from './connect.ts';
export type { RoomClient } from './RoomClient.ts';
export type { ClientEnvironment } from './ClientEnvironment.ts';
export { ParleyError } from '../../src/support/errors.ts';
export { ERROR_CODES, type ErrorCode, type WireError } from '../../src/protocol/errors.ts';
export { PROTOCOL_VERSION } from '../../src/protocol/version.ts';
export { MediaError, type MediaErrorReason } from './MediaError.ts';
export {
  listDevices,
  onDevicesChanged,
  openCamera,
  openMicrophone,
  openScreen,
  type DeviceList,
} from './LocalMedia.ts';
export { LevelMeter, type LevelMeterEvents } from './LevelMeter.ts';
export type { Moderation } from './Moderation.ts';
export type { IncomingFile, IncomingFileEvents, IncomingStatus } from './files/IncomingFile.ts';
export type { FileReceiver, OutgoingFile, OutgoingFileEvents, ReceiverStatus } from './files/OutgoingFile.ts';
export type * from './conductTypes.ts';
export type * from './publicTypes.ts';
export type { PeerRole, RoomSettings, WaitingPeer } from '../../src/protocol/conduct.ts';
export type * from './statsTypes.ts';
export type { MediaRoute, RouteOutcome } from '../../src/support/reachability.ts';
export type {
  ChatMessage,
  ForwardingSettings,
  Importance,
  MediaKind,
  MediaSource,
  PeerCloseReason,
  Permissions,
  QualityCause,
  RecordingInfo,
} from '../../src/protocol/models.ts';
