import { useChat } from '@parley/client/react';
import { useState } from 'react';

export function Chat() {
  const { messages, send } = useChat();
  const [error, setError] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    try {
      await send(new FormData(form).get('text'));
      form.reset();
      setError(null);
    } catch (error) {
      setError(error);
    }
  };
  return (
    <section aria-label="Chat">
      <ul>
        {messages.map(({ messageId, name, text }) => (
          <li key={messageId}>
            <b>{name}</b> {text}
          </li>
        ))}
      </ul>
      <form onSubmit={submit}>
        <input name="text" aria-label="Message" autoComplete="off" required maxLength={4000} />
        <button>Send</button>
      </form>
      {error && <p role="alert">{error.message}</p>}
    </section>
  );
}
