import { useMemo } from 'preact/hooks';
import { setQuery } from '../../../address/address.ts';
import type { TaskLine } from '../../../api/shapes.ts';
import { type Filter, NAMES, namesIn } from './filter.ts';

const PHASES = [
  ...['running', 'interrupted', 'waiting-for-host', 'waiting-for-slot', 'waiting', 'blocked'],
  ...['backing-off', 'parked', 'working-elsewhere', 'complete'],
];
const TITLES = { pool: 'Pool', agent: 'Agent', queue: 'Queue' } as const;

/** Filters; what is chosen is in the address. */
export function FilterBar({ filter, all }: { filter: Filter; all: ReadonlyMap<number, TaskLine> }) {
  const names = useMemo(() => namesIn(all.values()), [all, all.size]);
  const isAny = NAMES.some((name) => filter[name]);
  return (
    <search class="filters" aria-label="Filters">
      <label>
        Words
        <input
          type="search"
          maxLength={200}
          value={filter.find}
          onInput={(event) => setQuery({ find: event.currentTarget.value || undefined })}
        />
      </label>
      <Choice title="Phase" name="phase" chosen={filter.phase} options={PHASES} />
      {(['pool', 'agent', 'queue'] as const).map((name) => (
        <Choice
          key={name}
          title={TITLES[name]}
          name={name}
          chosen={filter[name]}
          options={names[name]}
          isOff={name === 'pool' && filter.phase === 'complete'}
        />
      ))}
      {filter.phase === 'complete' && (
        <p class="quiet">Complete tasks are in no pool any more: Queue says where they were.</p>
      )}
      {isAny && (
        <button
          type="button"
          onClick={() => setQuery(Object.fromEntries(NAMES.map((name) => [name, undefined])))}
        >
          Show all
        </button>
      )}
    </search>
  );
}

interface ChoiceProps {
  title: string;
  name: keyof Filter;
  chosen: string;
  options: readonly string[];
  /** It says nothing of what is listed. */
  isOff?: boolean;
}

function Choice({ title, name, chosen: asked, options, isOff = false }: ChoiceProps) {
  const chosen = isOff ? '' : asked;
  // A name in the address that no task has any more is still what is asked for.
  const known = chosen === '' || options.includes(chosen) ? options : [chosen, ...options];
  return (
    <label>
      {title}
      <select
        value={chosen}
        disabled={isOff}
        onChange={(event) => setQuery({ [name]: event.currentTarget.value || undefined })}
      >
        <option value="">any</option>
        {known.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
