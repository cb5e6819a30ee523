import { changedFields, type Draft, FIELDS, sayField } from './draft.ts';
import { FIELD_WORDS } from './field-words.ts';

interface ConflictProps {
  before: Draft;
  mine: Draft;
  theirs: Draft;
  takeTheirs(): void;
  goOn(): void;
}

/** Somebody has changed it meanwhile: what, and what becomes of that. */
export function Conflict({ before, mine, theirs, takeTheirs, goOn }: ConflictProps) {
  const [byThem, byMe] = [changedFields(before, theirs), changedFields(before, mine)];
  const both = byThem.filter((field) => byMe.includes(field));
  return (
    <section class="conflict" role="alert" aria-labelledby="conflict-head">
      <h3 id="conflict-head">Somebody has changed it meanwhile. Nothing of yours was saved.</h3>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">It was</th>
              <th scope="col">It is now</th>
              <th scope="col">Yours</th>
            </tr>
          </thead>
          <tbody>
            {FIELDS.filter((field) => byThem.includes(field)).map((field) => (
              <tr key={field} class={both.includes(field) ? 'both' : undefined}>
                <th scope="row">{FIELD_WORDS[field].label}</th>
                <td>{sayField(before, field)}</td>
                <td>{sayField(theirs, field)}</td>
                <td>{byMe.includes(field) ? sayField(mine, field) : 'as it was'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {byThem.length === 0 && <p>It was saved anew, and is as it was.</p>}
      <p>
        {both.length === 0
          ? 'None of these fields did you change, so both fit together.'
          : 'Where both of you changed a field, yours counts if you go on with it.'}
      </p>
      <div class="buttons">
        <button type="button" class="primary" onClick={goOn}>
          Go on with mine, on top of that
        </button>
        <button type="button" onClick={takeTheirs}>
          Take the new one, and drop mine
        </button>
      </div>
    </section>
  );
}
