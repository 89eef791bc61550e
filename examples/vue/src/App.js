import { useRoom } from '@parley/client/vue';
import { shallowRef } from 'vue';
import { Chat } from './Chat.js';
import { Controls } from './Controls.js';
import { Tiles } from './Tiles.js';

const url = import.meta.env.VITE_PARLEY_URL ?? 'http://localhost:3000';

export const App = {
  components: { Chat, Controls, Tiles },
  setup() {
    // Nobody is in a room while this is null.
    const entry = shallowRef(null);
    // Also provides the room to the components inside.
    const { room, status, error, retry } = useRoom(() => entry.value && { url, ...entry.value });
    const enter = (event) => {
      entry.value = Object.fromEntries(new FormData(event.target));
    };
    return { entry, room, status, error, retry, enter };
  },
  template: `
    <form v-if="!entry" @submit.prevent="enter">
      <input name="room" value="standup" aria-label="Room" required />
      <input name="name" placeholder="Your name" aria-label="Your name" required />
      <button>Join</button>
    </form>
    <template v-else>
      <p role="status">{{ entry.room }}: {{ status }} {{ error?.message }}</p>
      <button v-if="status === 'failed' || status === 'closed'" @click="retry">Try again</button>
      <template v-if="room">
        <Controls @leave="entry = null" />
        <Tiles />
        <Chat />
      </template>
    </template>
  `,
};
