import type { CommandName } from '../element/embedding/commandNames.ts';
import { NOTHING_KNOWN, type Participant, type RoomSummary } from '../element/embedding/contract.ts';

/**
 * What a page can have `<parley-room>` do, and ask it, under the names that Jitsi's external API has.
 *
 * Every command resolves when it is done and rejects with a ParleyError: `invalidState` outside the room, `forbidden`
 * without the right, `badRequest` for wrong arguments, `unsupported` where the server does not do it.
 */
export abstract class RoomCommands extends HTMLElement {
  protected summary: RoomSummary = NOTHING_KNOWN;

  /** Does one of the commands by its name; `displayName` is that of `setDisplayName`. */
  abstract executeCommand(name: CommandName, ...args: unknown[]): Promise<void>;

  /** Before joining, what the preview has. */
  toggleAudio(): Promise<void> {
    return this.executeCommand('toggleAudio');
  }

  toggleVideo(): Promise<void> {
    return this.executeCommand('toggleVideo');
  }

  /** From a click on the page it works in Chromium; other browsers want the click inside the room. */
  toggleShareScreen(): Promise<void> {
    return this.executeCommand('toggleShareScreen');
  }

  toggleChat(): Promise<void> {
    return this.executeCommand('toggleChat');
  }

  toggleParticipantsPane(): Promise<void> {
    return this.executeCommand('toggleParticipantsPane');
  }

  toggleRaiseHand(): Promise<void> {
    return this.executeCommand('toggleRaiseHand');
  }

  /** Everybody in a grid, also while somebody shares a screen; or the stage again. */
  toggleTileView(): Promise<void> {
    return this.executeCommand('toggleTileView');
  }

  setDisplayName(name: string): Promise<void> {
    return this.executeCommand('displayName', name);
  }

  /** @param to A participant, for a private message. */
  sendChatMessage(message: string, to?: string): Promise<void> {
    return this.executeCommand('sendChatMessage', message, to);
  }

  /** Gives a participant the stage; without an id, nobody in particular. */
  pinParticipant(participantId?: string | null): Promise<void> {
    return this.executeCommand('pinParticipant', participantId);
  }

  /** @param height Lines that a picture has at most, the others' and the own camera's; 0: no limit, and a camera of 720. */
  setVideoQuality(height: number): Promise<void> {
    return this.executeCommand('setVideoQuality', height);
  }

  /** Leaves the others' pictures out, screens too, or has them back. */
  setAudioOnly(on: boolean): Promise<void> {
    return this.executeCommand('setAudioOnly', on);
  }

  /** Shows captions, or does not. */
  toggleSubtitles(): Promise<void> {
    return this.executeCommand('toggleSubtitles');
  }

  muteEveryone(mediaType: 'audio' | 'video' = 'audio'): Promise<void> {
    return this.executeCommand('muteEveryone', mediaType);
  }

  kickParticipant(participantId: string): Promise<void> {
    return this.executeCommand('kickParticipant', participantId);
  }

  startRecording(options: { mode?: 'file' } = {}): Promise<void> {
    return this.executeCommand('startRecording', options);
  }

  stopRecording(): Promise<void> {
    return this.executeCommand('stopRecording');
  }

  hangup(): Promise<void> {
    return this.executeCommand('hangup');
  }

  /** The same as `hangup()`. */
  leave(): Promise<void> {
    return this.executeCommand('hangup');
  }

  get status(): RoomSummary['status'] {
    return this.summary.status;
  }

  /** The person included; empty outside the room. */
  get participants(): readonly Participant[] {
    return this.summary.participants;
  }

  /** Of the person in front of the page; empty outside the room. */
  get participantId(): string {
    return this.summary.participantId;
  }

  get audioMuted(): boolean {
    return this.summary.audioMuted;
  }

  get videoMuted(): boolean {
    return this.summary.videoMuted;
  }

  get sharingScreen(): boolean {
    return this.summary.sharingScreen;
  }

  get dominantSpeaker(): string | null {
    return this.summary.dominantSpeaker;
  }

  get pinnedParticipant(): string | null {
    return this.summary.pinned;
  }

  get tileView(): boolean {
    return this.summary.tileView;
  }

  get chatOpen(): boolean {
    return this.summary.chatOpen;
  }

  get recording(): boolean {
    return this.summary.recording;
  }

  /** The person may moderate. */
  get moderator(): boolean {
    return this.summary.moderator;
  }

  isAudioMuted(): Promise<boolean> {
    return Promise.resolve(this.summary.audioMuted);
  }

  isVideoMuted(): Promise<boolean> {
    return Promise.resolve(this.summary.videoMuted);
  }

  isSharingScreen(): Promise<boolean> {
    return Promise.resolve(this.summary.sharingScreen);
  }

  getParticipantsInfo(): readonly Participant[] {
    return this.summary.participants;
  }

  getNumberOfParticipants(): number {
    return this.summary.participants.length;
  }

  getDisplayName(participantId: string): string | undefined {
    return this.summary.participants.find((one) => one.participantId === participantId)?.displayName;
  }

  getVideoQuality(): number {
    return this.summary.videoQuality;
  }

  isAudioOnly(): Promise<boolean> {
    return Promise.resolve(this.summary.audioOnly);
  }

  isSubtitlesOn(): Promise<boolean> {
    return Promise.resolve(this.summary.captions);
  }
}
