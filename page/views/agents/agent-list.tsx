import { address, go, setQuery } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Agent } from '../../api/shapes.ts';
import { scheduler } from '../../live/store.ts';
import { agentWord, isUnwell } from '../../parts/agent-state.ts';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Budget } from './budget.tsx';
import { chosen } from './chosen.ts';
import { proposeLimit, proposeSwitch, type Whom } from './deeds.ts';

const STATES = [
  ['', 'All'],
  ['unwell', 'Unwell'],
  ['off', 'Paused or stopped'],
] as const;

export function AgentList({ all }: { all: readonly Agent[] }) {
  const { query } = address.value;
  const [find, state] = [query.get('find') ?? '', query.get('state') ?? ''];
  const shown = chosen(all, { find, state });
  const unwell = all.filter(isUnwell).length;
  return (
    <>
      <h2>
        {all.length} {all.length === 1 ? 'agent' : 'agents'}, {unwell === 0 ? 'all well' : `${unwell} unwell`}
      </h2>
      <Everything />
      <search class="filters">
        <input
          type="search"
          aria-label="Agents or pools with these words"
          placeholder="agent or pool"
          value={find}
          onInput={(event) => setQuery({ find: event.currentTarget.value })}
        />
        {STATES.map(([value, word]) => (
          <button
            key={value}
            type="button"
            aria-pressed={state === value}
            onClick={() => setQuery({ state: value })}
          >
            {word}
          </button>
        ))}
        <PoolSwitches all={all} />
      </search>
      <List
        label="Agents"
        items={shown}
        question={`${find} ${state}`}
        keyOf={({ name }) => name}
        rowPx={64}
        isMain
        row={(agent) => <AgentRow agent={agent} />}
        onOpen={({ name }) => go(linkTo(['agents', name]))}
        keys={[
          { keys: 'p', says: 'pause or resume', run: (agent) => proposeSwitch(...turnOf(agent)) },
          { keys: '+', says: 'one slot more', run: (agent) => proposeLimit(agent, agent.limit + 1) },
          {
            keys: '-',
            says: 'one slot less',
            run: (agent) => proposeLimit(agent, Math.max(0, agent.limit - 1)),
          },
        ]}
        empty={
          all.length === 0
            ? 'There are no agents: ./tinyscheduler validate-config says why.'
            : 'No agent is as these filters say.'
        }
      />
    </>
  );
}

function turnOf(agent: Agent): [verb: 'pause' | 'resume' | 'start', whom: Whom] {
  const whom = { is: 'agent', name: agent.name } as const;
  return agent.stopped ? ['start', whom] : [agent.paused ? 'resume' : 'pause', whom];
}

function AgentRow({ agent }: { agent: Agent }) {
  const { kind, word } = agentWord(agent);
  const [verb, whom] = turnOf(agent);
  const hosts = [...new Set(agent.runs.flatMap(({ host }) => host ?? []))];
  return (
    <div class="agent-row">
      <span class="agent-name">
        <a href={linkTo(['agents', agent.name])}>{agent.name}</a>{' '}
        <span class="quiet">{agent.pool === null ? 'no pool' : `queue ${agent.pool}`}</span>
      </span>
      <Slots held={agent.held} limit={agent.limit} />
      <span
        title={
          agent.pool === null
            ? undefined
            : `In the line of queue ${agent.pool}, which all its agents take from`
        }
      >
        {agent.waiting} {agent.waiting === 1 ? 'waits' : 'wait'}
      </span>
      <span class="agent-state">
        <Mark kind={kind}>{word}</Mark>{' '}
        {agent.says !== 'ready' && <bdi class="quiet">{harmless(restOf(agent.says, word))}</bdi>}
        {hosts.length > 0 && <span class="quiet"> on {hosts.join(', ')}</span>}
        <Budget budget={agent.budget} of={agent.name} />
      </span>
      <span class="agent-buttons">
        <button type="button" onClick={() => proposeSwitch(verb, whom)}>
          {verb === 'pause' ? 'Pause' : verb === 'resume' ? 'Resume' : 'Start'}
          <span class="heard"> {agent.name}</span>
        </button>
        <button
          type="button"
          aria-label={`One slot less for ${agent.name}`}
          disabled={agent.limit === 0}
          onClick={() => proposeLimit(agent, agent.limit - 1)}
        >
          −
        </button>
        <button
          type="button"
          aria-label={`One slot more for ${agent.name}`}
          onClick={() => proposeLimit(agent, agent.limit + 1)}
        >
          +
        </button>
      </span>
    </div>
  );
}

/** Slots as boxes, and in words. More boxes than fit are words only. */
function Slots({ held, limit }: { held: number; limit: number }) {
  const boxes = Math.max(held, limit);
  return (
    <span class="slots" title={`${held} of ${limit} slots taken`}>
      {boxes <= 12 && (
        <span aria-hidden="true">
          {Array.from({ length: boxes }, (_, at) => (
            <span key={at} class={`slot${at < held ? ' taken' : ''}${at >= limit ? ' over' : ''}`} />
          ))}
        </span>
      )}{' '}
      {held}/{limit}
    </span>
  );
}

/** Switches of everything. */
function Everything() {
  const now = scheduler.value;
  const all = { is: 'all' } as const;
  return (
    <p class="buttons">
      {now?.paused ? (
        <button type="button" class="primary" onClick={() => proposeSwitch('resume', all)}>
          Resume everything
        </button>
      ) : (
        <button type="button" onClick={() => proposeSwitch('pause', all)}>
          Pause everything
        </button>
      )}
      <button type="button" onClick={() => proposeSwitch('drain', all)}>
        Drain everything
      </button>
      {now?.stopped ? (
        <button type="button" class="primary" onClick={() => proposeSwitch('start', all)}>
          Start agents again
        </button>
      ) : (
        <button type="button" class="danger" onClick={() => proposeSwitch('stop', all)}>
          Stop everything that runs
        </button>
      )}
    </p>
  );
}

/** Of a pool that somebody chooses. */
function PoolSwitches({ all }: { all: readonly Agent[] }) {
  const pools = [...new Set(all.flatMap(({ pool }) => pool ?? []))].sort();
  const { query } = address.value;
  const pool = query.get('pool') ?? '';
  const whom = { is: 'pool', pool } as const;
  return (
    <span class="buttons">
      <label>
        Queue{' '}
        <select value={pool} onChange={(event) => setQuery({ pool: event.currentTarget.value })}>
          <option value="">none chosen</option>
          {pools.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      {pool !== '' &&
        (['pause', 'drain', 'resume', 'stop', 'start'] as const).map((verb) => (
          <button key={verb} type="button" onClick={() => proposeSwitch(verb, whom)}>
            {verb} <span class="heard">queue {pool}</span>
          </button>
        ))}
    </span>
  );
}

/** What a sentence says beyond the word that is there already. */
function restOf(says: string, word: string): string {
  return says.startsWith(word) ? says.slice(word.length).replace(/^[\s,:]+/, '') : says;
}
