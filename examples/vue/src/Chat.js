import { useChat } from '@parley/client/vue';
import { shallowRef } from 'vue';

export const Chat = {
  setup() {
    const { messages, send } = useChat();
    const text = shallowRef('');
    const error = shallowRef(null);
    const submit = async () => {
      try {
        await send(text.value);
        text.value = '';
        error.value = null;
      } catch (failure) {
        error.value = failure;
      }
    };
    return { messages, text, error, submit };
  },
  template: `
    <section aria-label="Chat">
      <ul>
        <li v-for="message in messages" :key="message.messageId"><b>{{ message.name }}</b> {{ message.text }}</li>
      </ul>
      <form @submit.prevent="submit">
        <input v-model="text" aria-label="Message" autocomplete="off" required maxlength="4000" />
        <button>Send</button>
      </form>
      <p v-if="error" role="alert">{{ error.message }}</p>
    </section>
  `,
};
