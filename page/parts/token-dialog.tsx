import { useState } from 'preact/hooks';
import { declineToken, tokenWanted, useToken } from '../api/token.ts';
import { useModal } from './modal.ts';

/** Asks for a token where the API wants one. */
export function TokenDialog() {
  return tokenWanted.value === null ? null : <Wanted why={tokenWanted.value} />;
}

function Wanted({ why }: { why: string }) {
  const dialog = useModal();
  const [text, setText] = useState('');
  return (
    <dialog
      ref={dialog}
      aria-labelledby="token-title"
      onClose={() => {
        // Not where one was given, by which it is closed, too.
        if (tokenWanted.peek() === why) declineToken();
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) useToken(text.trim());
        }}
      >
        <h2 id="token-title">A token is needed</h2>
        <p>{why}</p>
        <p>
          <code>./tinyscheduler token create --scope operate</code> makes one. It is kept until this tab is
          closed.
        </p>
        <label>
          Token
          <input
            type="password"
            autoComplete="off"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button type="submit" class="primary">
            Use it
          </button>
        </div>
      </form>
    </dialog>
  );
}
