import { useState } from 'preact/hooks';
import { harmless } from '../../../parts/harmless.ts';

/** A text of any length: its beginning, and the rest on demand, at most so much as a page can show. */
export function LongText({ text: written, most }: { text: string; most: number }) {
  const text = harmless(written);
  const [shown, setShown] = useState(most);
  const more = text.length - shown;
  if (text.length <= most) return <bdi>{text}</bdi>;
  return (
    <>
      {/* What turns the direction of writing ends with it. */}
      <bdi>{text.slice(0, shown)}</bdi>
      {more > 0 && '… '}
      <button
        type="button"
        class="more"
        onClick={() => setShown(more > 0 ? Math.min(text.length, shown + STEP) : most)}
      >
        {more > 0 ? `${more.toLocaleString('en-GB')} more characters` : 'show less'}
      </button>
    </>
  );
}

const STEP = 20_000;
