import { z } from 'zod';
import {
  isReaction,
  MAX_FILE_SIZE,
  MAX_PASSWORD_LENGTH,
  MAX_SPOTLIGHT,
  PEER_ROLES,
  type RoomSettings,
} from './conduct.ts';
import { MEDIA_SOURCES } from './models.ts';

const id = z.string().min(1).max(64);
/** Peers that one request names. */
const MAX_NAMED = 256;

export const passwordSchema = z.string().min(1).max(MAX_PASSWORD_LENGTH);

/** What may be set of a room; what is absent stays, a password of null goes. */
export const settingsChangeSchema = z.object({
  webinar: z.boolean().optional(),
  locked: z.boolean().optional(),
  waitingRoom: z.boolean().optional(),
  password: passwordSchema.nullable().optional(),
  chat: z.boolean().optional(),
  screenShare: z.boolean().optional(),
  unmute: z.boolean().optional(),
  maxFileSize: z.number().int().min(0).max(MAX_FILE_SIZE).optional(),
});

/** By whom somebody is let in; absent: everybody who waits. */
export const knocksAnswerSchema = z.object({
  knockIds: z.array(id).min(1).max(MAX_NAMED).optional(),
  admit: z.boolean(),
});

/** Requests about who may do what. All but `setHand` and `sendReaction` are for hosts only. */
export const conductSchemas = {
  /** Raises the own hand, behind those that are raised, or lowers it. */
  setHand: z.object({ raised: z.boolean() }),
  /** Shown to everybody for a moment, and not kept. */
  sendReaction: z.object({
    reaction: z.string().refine(isReaction, 'must be one sign of at most 16 bytes'),
  }),
  /** Lowers the hands of these, or of everybody. */
  lowerHands: z.object({ peerIds: z.array(id).min(1).max(MAX_NAMED).optional() }),
  /** Appoints somebody, also oneself; whoever is host by its token stays it. */
  setRole: z.object({ peerId: id, role: z.enum(PEER_ROLES) }),
  /** Puts these on everybody's stage, in this order, and nobody else. */
  setSpotlight: z.object({ peerIds: z.array(id).max(MAX_SPOTLIGHT) }),
  /** Mutes a microphone, or ends a camera, screen or other track. */
  mutePeer: z.object({ peerId: id, source: z.enum(MEDIA_SOURCES).default('microphone') }),
  /** Mutes all microphones but the own one. */
  muteEveryone: z.object({}),
  /** Asks somebody to unmute, who may do so this once where that is not allowed. */
  askToUnmute: z.object({ peerId: id }),
  removePeer: z.object({ peerId: id }),
  /** Ends the call for everybody. */
  closeRoom: z.object({}),
  changeSettings: settingsChangeSchema,
  answerKnocks: knocksAnswerSchema,
};

export interface ConductAnswers {
  setHand: Record<string, never>;
  sendReaction: Record<string, never>;
  lowerHands: Record<string, never>;
  setRole: Record<string, never>;
  setSpotlight: Record<string, never>;
  mutePeer: Record<string, never>;
  muteEveryone: Record<string, never>;
  askToUnmute: Record<string, never>;
  removePeer: Record<string, never>;
  closeRoom: Record<string, never>;
  changeSettings: { settings: RoomSettings };
  /** How many of them waited still. */
  answerKnocks: { answered: number };
}

export type SettingsChange = z.output<typeof settingsChangeSchema>;
