import { useCallback } from 'react';
import type { ChatMessage } from '../../src/protocol/models.ts';
import { invalidState } from '../../src/support/errors.ts';
import { chatMessages } from '../hooks/selectors.ts';
import type { ChatOptions } from '../lib/conductTypes.ts';
import type { DataMessage, DataOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { useGivenRoom } from './RoomContext.ts';
import { useRoomEvent, useRoomState } from './useRoomState.ts';

/** The chat of a room. */
export interface Chat {
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
  /** As `room.sendChat`; rejects with ParleyError `invalidState` without a room. */
  send(text: string, options?: ChatOptions): Promise<ChatMessage>;
}

/** What has been written in the room, and how to write. */
export function useChat(room?: RoomClient | null): Chat {
  const source = useGivenRoom(room);
  const messages = useRoomState(chatMessages, source);
  const send = useCallback(
    async (text: string, options?: ChatOptions) => given(source).sendChat(text, options),
    [source],
  );
  return { messages, send };
}

/** Sends to the topic of `useDataMessages`, as `room.sendData`. */
export type SendData = (payload: unknown, options?: Omit<DataOptions, 'topic'>) => Promise<void>;

/**
 * Hears what others send to a topic with `sendData`, message by message, and returns what sends to it.
 *
 * @param topic Undefined: messages without one.
 */
export function useDataMessages(
  topic: string | undefined,
  onMessage: (message: DataMessage) => void,
  room?: RoomClient | null,
): SendData {
  const source = useGivenRoom(room);
  useRoomEvent(
    'data',
    (message) => {
      if (message.topic === topic) onMessage(message);
    },
    source,
  );
  return useCallback(
    async (payload, options) =>
      given(source).sendData(payload, { ...options, ...(topic === undefined ? {} : { topic }) }),
    [source, topic],
  );
}

function given(room: RoomClient | null): RoomClient {
  if (!room) throw invalidState('not in a room');
  return room;
}
