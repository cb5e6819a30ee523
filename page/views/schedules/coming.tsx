import type { Coming as What } from '../../api/shapes.ts';
import { Ago } from '../../parts/time.tsx';

/** What comes next, on both clocks; changes of the clocks stand where they happen. */
export function Coming({ coming }: { coming: What }) {
  if (coming.length === 0) return <p class="quiet">Nothing comes any more.</p>;
  return (
    <ol class="coming">
      {coming.map((each, at) => (
        <li key={`${each.at} ${at}`} class={each.kind === 'due' ? undefined : 'clocks'}>
          {each.kind !== 'due' && <strong>The clocks: </strong>}
          {each.says}
          {each.kind === 'due' && (
            <>
              {' '}
              <span class="quiet">
                <Ago at={each.at} />
                {each.left_out === true && '; left out by a person'}
              </span>
            </>
          )}
        </li>
      ))}
    </ol>
  );
}
