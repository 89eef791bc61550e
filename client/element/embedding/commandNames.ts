/** Everything that `executeCommand` takes, under the names that Jitsi's external API has. */
export const COMMAND_NAMES = [
  'toggleAudio',
  'toggleVideo',
  'toggleShareScreen',
  'toggleChat',
  'toggleParticipantsPane',
  'toggleRaiseHand',
  'toggleTileView',
  'displayName',
  'sendChatMessage',
  'pinParticipant',
  'setVideoQuality',
  'setAudioOnly',
  'toggleSubtitles',
  'muteEveryone',
  'kickParticipant',
  'startRecording',
  'stopRecording',
  'hangup',
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];

export function isCommandName(name: unknown): name is CommandName {
  return (COMMAND_NAMES as readonly unknown[]).includes(name);
}
