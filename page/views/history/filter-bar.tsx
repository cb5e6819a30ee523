import { setQuery } from '../../address/address.ts';
import { agents } from '../../live/store.ts';
import { type Filter, filtersOf } from './asked.ts';
import { CAME_TO } from './figures.ts';
import type { Words } from './range.ts';

interface FilterBarProps {
  words: Words;
  /** That there are. */
  verdicts: readonly string[];
  recipes: readonly string[];
}

/** Which runs; what can be chosen is what there is, and what is chosen. */
export function FilterBar({ words, verdicts, recipes }: FilterBarProps) {
  const set = filtersOf(words);
  const known = [...agents.value.all.values()];
  const isAny = Object.keys(set).length > 0;
  return (
    <fieldset class="filters" aria-label="Which runs">
      <Choice name="came_to" label="Ended" set={set} options={Object.entries(CAME_TO)} />
      <Choice name="agent" label="Agent" set={set} options={named(known.map(({ name }) => name))} />
      <Choice name="pool" label="Pool" set={set} options={named(known.flatMap(({ queue }) => queue ?? []))} />
      <Choice name="verdict" label="Verdict" set={set} options={named(verdicts)} />
      <Choice name="recipe" label="Recipe" set={set} options={named(recipes)} />
      {isAny && (
        <button
          type="button"
          onClick={() =>
            setQuery({
              came_to: undefined,
              agent: undefined,
              pool: undefined,
              verdict: undefined,
              recipe: undefined,
            })
          }
        >
          All runs
        </button>
      )}
    </fieldset>
  );
}

const named = (names: readonly string[]): [string, string][] =>
  [...new Set(names)].sort().map((name) => [name, name]);

interface ChoiceProps {
  name: Filter;
  label: string;
  set: Partial<Record<Filter, string>>;
  options: readonly (readonly [value: string, word: string])[];
}

function Choice({ name, label, set, options }: ChoiceProps) {
  const value = set[name] ?? '';
  const all =
    value === '' || options.some(([each]) => each === value)
      ? options
      : [...options, [value, value] as const];
  return (
    <label>
      {label}{' '}
      <select
        value={value}
        onChange={(event) => setQuery({ [name]: event.currentTarget.value || undefined })}
      >
        <option value="">all</option>
        {all.map(([each, word]) => (
          <option key={each} value={each}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
