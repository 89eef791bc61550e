import type { PeerRole, RoomSettings } from '../../protocol/conduct.ts';
import { MEDIA_SOURCES, type Permissions } from '../../protocol/models.ts';

/** What somebody is that comes in, by what its token grants. */
export function roleByGrant(
  { roomAdmin, canPublish }: Permissions,
  { webinar }: Pick<RoomSettings, 'webinar'>,
): PeerRole {
  if (roomAdmin) return 'host';
  return canPublish && !webinar ? 'speaker' : 'viewer';
}

/** What a peer may do that was granted this: a role and the room's settings only take away. */
export function permissionsIn(
  granted: Permissions,
  role: PeerRole,
  { screenShare }: Pick<RoomSettings, 'screenShare'>,
): Permissions {
  if (role === 'viewer') return granted.canPublish ? { ...granted, canPublish: false } : granted;
  if (role === 'host' || screenShare) return granted;
  const sources = granted.canPublishSources ?? MEDIA_SOURCES;
  const allowed = sources.filter((source) => source !== 'screen' && source !== 'screenAudio');
  return { ...granted, canPublishSources: allowed };
}

/** The grant of somebody whom a host lets speak, also where its token did not. */
export function withSpeech(granted: Permissions): Permissions {
  if (granted.canPublish) return granted;
  const { canPublishSources: sources, ...rest } = granted;
  const limited = sources && sources.length > 0 ? { canPublishSources: sources } : {};
  return { ...rest, ...limited, canPublish: true };
}
