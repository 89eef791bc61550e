import type { PeerRole } from '../../../src/protocol/conduct.ts';
import type { MediaSource } from '../../../src/protocol/models.ts';
import type { SettingsUpdate } from '../../lib/conductTypes.ts';

/** What a person can do in a call besides talking and writing; what only hosts may do, the server refuses others. */
export type ConductAct =
  | { do: 'toggleHand' | 'lowerAllHands' | 'muteEveryone' | 'admitAll' | 'denyAll' | 'endForAll' }
  | { do: 'lowerHand' | 'handOver' | 'askToUnmute' | 'remove'; peerId: string }
  | { do: 'setRole'; peerId: string; role: PeerRole }
  | { do: 'spotlight'; peerId: string; on: boolean }
  | { do: 'mute'; peerId: string; source: MediaSource }
  | { do: 'admit' | 'deny'; knockId: string }
  | { do: 'changeSettings'; change: SettingsUpdate }
  | { do: 'react'; reaction: string }
  | { do: 'answerUnmute'; unmute: boolean }
  | { do: 'sendFile'; file: File; to?: readonly string[] }
  | { do: 'acceptFile' | 'declineFile' | 'cancelFile' | 'forgetFile'; id: string };

/** What a click offers besides a heart; more would be a search. */
export const REACTIONS = ['👍', '👏', '❤️', '😂', '😮', '🎉'] as const;
