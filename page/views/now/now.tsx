import { connection, knownMs, tasks, tasksTotal } from '../../live/store.ts';
import { useKeys } from '../../parts/keys.ts';
import { AgentsSection } from './agents.tsx';
import { agentsShown, backingOff, elsewhere, interrupted, parked, waiting } from './derived.ts';
import { FilterBar } from './filter-bar.tsx';
import './now.css';
import { ParkedSection } from './parked.tsx';
import { PoolsSection } from './pools.tsx';
import { RestSection } from './rest.tsx';
import { leadTo } from './section.tsx';

const SECTIONS = [
  { keys: '1', name: 'agents', title: 'Agents', says: 'agents and their slots' },
  { keys: '2', name: 'pools', title: 'Waiting', says: 'pools and their lines' },
  { keys: '3', name: 'parked', title: 'Parked', says: 'parked tasks' },
  { keys: '4', name: 'rest', title: 'Interrupted and others', says: 'interrupted, backing off, elsewhere' },
];

const KEYS = SECTIONS.map(({ keys, name, says }) => ({ keys, says, run: () => leadTo(name) }));

/** How things are: what runs where, what waits for what, and what a person has to call back. */
export function NowView() {
  useKeys(KEYS);
  if (knownMs.value === null) return <NothingKnown />;
  return (
    <div class="now">
      <Parts />
      <FilterBar />
      <NotWhole />
      <AgentsSection />
      <PoolsSection />
      <ParkedSection />
      <RestSection />
    </div>
  );
}

function NothingKnown() {
  return connection.value.is === 'away' ? (
    <p class="empty">Nothing is known yet. It is shown here as soon as there is an answer.</p>
  ) : (
    <p class="loading">Asking what runs and waits …</p>
  );
}

/** What is in each part, and a way there. */
function Parts() {
  const { cannot, ready, blocked } = waiting.value;
  const counts: Record<string, number> = {
    agents: agentsShown.value.shown,
    pools: ready + cannot + blocked,
    parked: parked.value.length,
    rest: interrupted.value.length + backingOff.value.length + elsewhere.value.length,
  };
  return (
    <div class="now-parts">
      {SECTIONS.map(({ keys, name, title }) => (
        <button key={name} type="button" title={`Key ${keys}`} onClick={() => leadTo(name)}>
          {title} <strong>{counts[name]}</strong>
        </button>
      ))}
    </div>
  );
}

/** Of many tasks the last ones come a moment later. */
function NotWhole() {
  const total = tasksTotal.value;
  const { size } = tasks.value.all;
  if (total === null)
    return (
      <p class="problem" role="status">
        Which tasks wait is not known, since TinyTask does not answer. What is shown of them is what was known
        before.
      </p>
    );
  if (size >= total) return null;
  return (
    <p class="quiet">
      {size} of {total} open tasks are here; the others are being read.
    </p>
  );
}
