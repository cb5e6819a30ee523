import { useComputed } from '@preact/signals';
import { address, setQuery } from '../../address/address.ts';
import type { Pool, Pools } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { connection } from '../../live/store.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { Mark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { filter, pools, sorted, waiting } from './derived.ts';
import { namesIn, withName } from './filter.ts';
import { PoolTasks } from './pool-tasks.tsx';
import { Section } from './section.tsx';

/** Fewer pools are open from the start. */
const OPEN_UP_TO = 2;
/** In the address where no pool is open. */
const NONE = '-';

/** Pools, and what waits in each in the order in which it goes. */
export function PoolsSection() {
  const { now } = useResource<Pools>('/api/pools', { onChangeMs: 3_000 });
  const known = useComputed(() => new Map(now.value.answer?.pools.map((pool) => [pool.pool, pool])));
  const { ready, cannot, blocked } = waiting.value;
  const { value: names } = pools;
  const isOpen = openPools(names);
  const { problem } = now.value;
  return (
    <Section
      name="pools"
      title="Pools and their lines"
      hint="2"
      counts={
        <>
          {ready} ready without a slot, {cannot} cannot start, {blocked} wait for other tasks
        </>
      }
    >
      {problem && connection.value.is === 'live' && <ProblemNote problem={problem} />}
      {names.length === 0 && (
        <p class="empty">
          {filter.value.pool === undefined ? 'There is no pool.' : 'Nobody knows this pool.'}
        </p>
      )}
      {names.map((name) => (
        <PoolPart
          key={name ?? ''}
          name={name}
          known={name === null ? undefined : known.value.get(name)}
          isOpen={isOpen(name)}
          turn={() => turn(names, isOpen, name)}
        />
      ))}
    </Section>
  );
}

/** Those without a pool are called by an empty name, which no pool has. */
const word = (name: string | null) => name ?? '*';

function openPools(names: readonly (string | null)[]): (name: string | null) => boolean {
  const told = address.value.query.get('pools');
  if (told === undefined) return () => names.length <= OPEN_UP_TO;
  const open = namesIn(told);
  return (name) => open.includes(word(name));
}

function turn(
  names: readonly (string | null)[],
  isOpen: (name: string | null) => boolean,
  name: string | null,
): void {
  const before = names.filter(isOpen).map(word).map(encodeURIComponent).join(' ');
  setQuery({ pools: withName(before, word(name), !isOpen(name)) ?? NONE });
}

interface PartProps {
  name: string | null;
  known: Pool | undefined;
  isOpen: boolean;
  turn: () => void;
}

function PoolPart({ name, known, isOpen, turn: onTurn }: PartProps) {
  const { ready = [], cannot = [], blocked = [] } = sorted.value.byPool.get(name) ?? {};
  return (
    <div class="now-pool-part">
      <div class="now-pool-head">
        <h3>
          <button type="button" class="now-fold" aria-expanded={isOpen} onClick={onTurn}>
            <span aria-hidden="true">{isOpen ? '▾' : '▸'}</span>{' '}
            {name === null ? 'Without a pool' : <bdi>{name}</bdi>}
          </button>
        </h3>
        {known && <PoolFacts pool={known} />}
        <span>{ready.length} ready</span>
        {cannot.length > 0 && <span class="wrong">{cannot.length} cannot start</span>}
        {blocked.length > 0 && <span>{blocked.length} wait for other tasks</span>}
      </div>
      {isOpen && <PoolTasks pool={name} />}
    </div>
  );
}

function PoolFacts({ pool }: { pool: Pool }) {
  const { agents, held, limit, paused, stopped, hold, oldest } = pool;
  return (
    <>
      {agents.length === 0 && <Mark kind="wrong">no agent serves it</Mark>}
      {stopped ? <Mark kind="off">stopped</Mark> : paused && <Mark kind="off">paused</Mark>}
      {hold && <Mark kind="wrong">{`held: ${harmless(hold.reason)}`}</Mark>}
      <span>
        {held} of {limit} slots taken
      </span>
      {oldest && (
        <span>
          oldest waits <Ago at={oldest.added} plain />
        </span>
      )}
      <span class="quiet" title="In the last hour">
        {pool.arrived_last_hour ?? '–'} came, {pool.ended_last_hour ?? '–'} ended in the last hour
      </span>
    </>
  );
}
