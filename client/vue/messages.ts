import { toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue';
import type { ChatMessage } from '../../src/protocol/models.ts';
import { invalidState } from '../../src/support/errors.ts';
import { chatMessages } from '../hooks/selectors.ts';
import type { ChatOptions } from '../lib/conductTypes.ts';
import type { DataMessage, DataOptions } from '../lib/publicTypes.ts';
import type { RoomClient } from '../lib/RoomClient.ts';
import { useGivenRoom, type RoomSource } from './roomContext.ts';
import { useRoomEvent, useRoomState } from './useRoomState.ts';

/** The chat of a room. */
export interface Chat {
  /** Oldest first. */
  readonly messages: ComputedRef<readonly ChatMessage[]>;
  /** As `room.sendChat`; rejects with ParleyError `invalidState` without a room. */
  send(text: string, options?: ChatOptions): Promise<ChatMessage>;
}

/** What has been written in the room, and how to write. */
export function useChat(room?: RoomSource): Chat {
  const source = useGivenRoom(room);
  return {
    messages: useRoomState(chatMessages, source),
    send: async (text, options) => given(source.value).sendChat(text, options),
  };
}

/** Sends to the topic of `useDataMessages`, as `room.sendData`. */
export type SendData = (payload: unknown, options?: Omit<DataOptions, 'topic'>) => Promise<void>;

/**
 * Hears what others send to a topic with `sendData`, message by message, and returns what sends to it.
 *
 * @param topic Undefined: messages without one.
 */
export function useDataMessages(
  topic: MaybeRefOrGetter<string | undefined>,
  onMessage: (message: DataMessage) => void,
  room?: RoomSource,
): SendData {
  const source = useGivenRoom(room);
  useRoomEvent(
    'data',
    (message) => {
      if (message.topic === toValue(topic)) onMessage(message);
    },
    source,
  );
  return async (payload, options) => {
    const name = toValue(topic);
    await given(source.value).sendData(payload, {
      ...options,
      ...(name === undefined ? {} : { topic: name }),
    });
  };
}

function given(room: RoomClient | null): RoomClient {
  if (!room) throw invalidState('not in a room');
  return room;
}
