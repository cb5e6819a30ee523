import { connection, tasks, tasksTotal } from '../../live/store.ts';
import { useKeys } from '../../parts/keys.ts';
import { AgentsSection } from './agents.tsx';
import { FilterBar } from './filter-bar.tsx';
import './now.css';
import { ParkedSection } from './parked.tsx';
import { PoolsSection } from './pools.tsx';
import { RestSection } from './rest.tsx';
import { leadTo } from './section.tsx';

const SECTIONS = [
  { keys: '1', name: 'agents', says: 'agents and their slots' },
  { keys: '2', name: 'pools', says: 'pools and their lines' },
  { keys: '3', name: 'parked', says: 'parked tasks' },
  { keys: '4', name: 'rest', says: 'interrupted, backing off, elsewhere' },
];

const KEYS = SECTIONS.map(({ keys, name, says }) => ({ keys, says, run: () => leadTo(name) }));

/** How things are: what runs where, what waits for what, and what a person has to call back. */
export function NowView() {
  useKeys(KEYS);
  if (connection.value.is === 'connecting') return <p class="loading">Asking what runs and waits …</p>;
  return (
    <div class="now">
      <FilterBar />
      <NotWhole />
      <AgentsSection />
      <PoolsSection />
      <ParkedSection />
      <RestSection />
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
    <p class="quiet" role="status">
      {size} of {total} open tasks are here; the others are being read.
    </p>
  );
}
