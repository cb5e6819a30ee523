import { useEffect, useState } from 'preact/hooks';
import { linkTo } from '../../address/link.ts';
import type { Agent, State } from '../../api/shapes.ts';
import { nowMs } from '../../live/clock.ts';
import { useResource } from '../../live/resource.ts';
import { agentWord } from '../../parts/agent-state.ts';
import { harmless } from '../../parts/harmless.ts';
import { useKeys } from '../../parts/keys.ts';
import { Mark } from '../../parts/mark.tsx';
import { Ago } from '../../parts/time.tsx';
import { Budget } from './budget.tsx';
import { proposeLimit, proposeSwitch } from './deeds.ts';
import { RecipeCheck } from './recipe-check.tsx';

interface OneAgentProps {
  name: string;
  /** Undefined: there is none of that name. */
  agent: Agent | undefined;
  known: readonly Agent[];
}

export function OneAgent({ name, agent, known }: OneAgentProps) {
  if (agent === undefined)
    return (
      <p class="empty">
        There is no agent {name}. There {known.length === 1 ? 'is' : 'are'}{' '}
        {known.slice(0, 20).map((each, at) => (
          <span key={each.name}>
            {at > 0 && ', '}
            <a href={linkTo(['agents', each.name])}>{each.name}</a>
          </span>
        ))}
        {known.length > 20 && ` and ${known.length - 20} more`}.
      </p>
    );
  const { kind, word } = agentWord(agent);
  return (
    <article>
      <h2>
        <a href={linkTo(['agents'])}>Agents</a> / {name} <Mark kind={kind}>{word}</Mark>
      </h2>
      {agent.says !== word && !saysReason(agent) && (
        <p>
          <bdi>{harmless(agent.says)}</bdi>
        </p>
      )}
      {agent.health !== 'well' && <Unwell agent={agent} />}
      <Switches agent={agent} />
      <Limit agent={agent} />
      <Runs agent={agent} />
      <Budget budget={agent.budget} of={name} />
      <Deeds name={name} pool={agent.pool} />
      <Rules rules={agent.rules} />
      <RecipeCheck agent={name} />
    </article>
  );
}

/** Why it can take nothing, and when it is tried again, where that is to come. */
function Unwell({ agent }: { agent: Agent }) {
  const says = saysReason(agent) ? agent.says : (agent.reason ?? 'nobody has told why');
  const isToCome = agent.until != null && Date.parse(agent.until) > nowMs.value;
  return (
    <p class="problem">
      <bdi>{harmless(says)}</bdi>
      {isToCome && (
        <>
          ; it is tried again <Ago at={agent.until} />
        </>
      )}
    </p>
  );
}

function saysReason({ health, reason, says }: Agent): boolean {
  return health !== 'well' && reason !== undefined && says.endsWith(reason);
}

function Switches({ agent }: { agent: Agent }) {
  const whom = { is: 'agent', name: agent.name } as const;
  const turn = agent.paused ? 'resume' : 'pause';
  const other = agent.stopped ? 'start' : 'stop';
  useKeys([{ keys: 'p', says: `${turn} ${agent.name}`, run: () => proposeSwitch(turn, whom) }]);
  return (
    <p class="buttons">
      <button type="button" onClick={() => proposeSwitch(turn, whom)}>
        {turn === 'pause' ? 'Pause' : 'Resume'}
      </button>
      <button
        type="button"
        class={other === 'stop' ? 'danger' : 'primary'}
        onClick={() => proposeSwitch(other, whom)}
      >
        {other === 'stop' ? 'Stop what runs' : 'Start again'}
      </button>
    </p>
  );
}

function Limit({ agent }: { agent: Agent }) {
  const [typed, setTyped] = useState<string>();
  // A limit that others set is shown, unless somebody is writing another one.
  const slots = typed ?? String(agent.limit);
  useEffect(() => setTyped((now) => (now === String(agent.limit) ? undefined : now)), [agent.limit]);
  return (
    <form
      class="buttons"
      onSubmit={(event) => {
        event.preventDefault();
        proposeLimit(agent, Number(slots));
      }}
    >
      <label>
        Slots{' '}
        <input
          type="number"
          min={0}
          max={1000}
          required
          value={slots}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Set</button>
      <button type="button" onClick={() => proposeLimit(agent, null)}>
        As configured
      </button>
      <span class="quiet">
        {agent.held} of {agent.limit} taken; {agent.waiting} in line
      </span>
    </form>
  );
}

function Runs({ agent: { runs } }: { agent: Agent }) {
  if (runs.length === 0) return <p class="quiet">It has no task now.</p>;
  return (
    <section>
      <h3 id="runs-title">What it has a slot for</h3>
      <table aria-labelledby="runs-title">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">State</th>
            <th scope="col">Host</th>
          </tr>
        </thead>
        <tbody>
          {runs.map(({ task_id: id, state, host }) => (
            <tr key={id}>
              <td>
                <a href={linkTo(['tasks', id])}>{id}</a>
              </td>
              <td>{state}</td>
              <td>{host ?? <span title="no host has taken it, or none is known">–</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const DID: Readonly<Record<string, string>> = {
  ...{ pause: 'paused', resume: 'resumed', 'stop-agents': 'stopped', 'start-agents': 'started' },
  'set-limit': 'set the limit of',
};

/** Who did what with it, or with all of its pool. */
function Deeds({ name, pool }: { name: string; pool: string | null }) {
  const { now } = useResource<State>('/api/state');
  const all = now.value.answer?.by_hand ?? [];
  const mine = all.filter(
    ({ agent, queue }) => agent === name || (agent === null && (queue === null || queue === pool)),
  );
  if (mine.length === 0) return null;
  return (
    <section>
      <h3>What people did</h3>
      <ul>
        {mine.map((deed) => (
          <li key={`${deed.did} ${deed.agent} ${deed.at}`}>
            {DID[deed.did] ?? deed.did} {deed.agent ?? deed.queue ?? 'everything'} <Ago at={deed.at} /> by{' '}
            <bdi>{harmless(deed.by ?? 'somebody')}</bdi>
            {deed.note && (
              <>
                : <bdi>{harmless(deed.note)}</bdi>
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Rules({ rules }: { rules: Agent['rules'] }) {
  const all = Object.entries(rules);
  if (all.length === 0) return <p class="quiet">Its runs are limited and started as the settings say.</p>;
  return (
    <section>
      <h3 id="rules-title">How its runs are limited and started, where that is not as the settings say</h3>
      <table aria-labelledby="rules-title">
        <tbody>
          {all.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{typeof value === 'string' ? value : JSON.stringify(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
