import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { go } from '../address/address.ts';
import { linkTo } from '../address/link.ts';

/** Finds a task: `42` and `#42` is that one, other words are looked for among open tasks. */
export function SearchBox({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const [text, setText] = useState('');
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go(linkFor(text));
          input.current?.blur();
        }}
      >
        <input
          ref={input}
          type="search"
          aria-label="Find a task by number or words"
          placeholder="42, or words ( / )"
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          // Else the keys of the view would write into it.
          onKeyDown={({ key, currentTarget }) => key === 'Escape' && currentTarget.blur()}
        />
      </form>
    </search>
  );
}

export function linkFor(text: string): string {
  const [, id] = /^\s*#?(\d{1,15})\s*$/.exec(text) ?? [];
  return id === undefined ? linkTo(['tasks'], { find: text.trim() }) : linkTo(['tasks', id]);
}
