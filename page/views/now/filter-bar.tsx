import { useComputed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { address, setQuery } from '../../address/address.ts';
import { agents } from '../../live/store.ts';
import { useKeys } from '../../parts/keys.ts';
import { filter, sorted } from './derived.ts';
import { isAsked, STATES } from './filter.ts';

/** What is shown: of a pool, of agents with these letters, of agents in a state. */
export function FilterBar() {
  const { value: asked } = filter;
  const input = useRef<HTMLInputElement>(null);
  useKeys([{ keys: 'f', says: 'show only some agents', run: () => input.current?.select() }]);
  const names = useComputed(() => {
    const all = new Set([...agents.value.all.values()].map(({ queue }) => queue));
    for (const pool of sorted.value.byPool.keys()) all.add(pool);
    return [...all].filter((name) => name !== null).sort();
  });
  // One that the address has and nobody knows is shown, so that it is seen why there is nothing.
  const pools = [...new Set([...names.value, ...(asked.pool === undefined ? [] : [asked.pool])])];
  return (
    <form class="now-filter" aria-label="What is shown" onSubmit={(event) => event.preventDefault()}>
      <label>
        Pool
        <select
          value={asked.pool ?? ''}
          onChange={({ currentTarget: { value } }) => setQuery({ pool: value })}
        >
          <option value="">all</option>
          {pools.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Agent
        <input
          ref={input}
          type="search"
          size={12}
          maxLength={100}
          placeholder="part of a name"
          value={address.value.query.get('agent') ?? ''}
          onInput={({ currentTarget: { value } }) => setQuery({ agent: value })}
        />
      </label>
      <label>
        Agents that are
        <select
          value={asked.state ?? ''}
          onChange={({ currentTarget: { value } }) => setQuery({ state: value })}
        >
          <option value="">in any state</option>
          {STATES.map(({ is, word }) => (
            <option key={is} value={is}>
              {word}
            </option>
          ))}
        </select>
      </label>
      {isAsked(asked) && (
        <button
          type="button"
          onClick={() => setQuery({ pool: undefined, agent: undefined, state: undefined })}
        >
          Show all
        </button>
      )}
    </form>
  );
}
