import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { ProblemNote } from '../../../parts/deed.tsx';
import { type LogSearch, sayFound } from './search.ts';

export interface FindProps {
  search: LogSearch;
  /** Looks for another text. */
  begin(text: string): void;
  input: RefObject<HTMLInputElement | null>;
  first: string;
}

/** What is looked for in the whole log. */
export function FindInLog({ search, begin, input, first }: FindProps) {
  const [text, setText] = useState(first);
  const { text: wanted, matches, problem } = search.now.value;
  return (
    <>
      <form
        class="log-bar"
        onSubmit={(event) => {
          event.preventDefault();
          if (text === wanted && text !== '') void search.next();
          else begin(text);
        }}
      >
        <input
          ref={input}
          type="search"
          aria-label="Find in the whole log"
          placeholder="find in the whole log ( f )"
          maxLength={200}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="button" onClick={() => search.previous()} disabled={matches.length === 0}>
          Previous
        </button>
        <button type="button" onClick={() => void search.next()} disabled={matches.length === 0}>
          Next
        </button>
        <output class="quiet">{sayFound(search.now.value)}</output>
      </form>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
