import { useComputed } from '@preact/signals';
import { go, setQuery } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Agents, Running } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { connection, type SchedulerNow, scheduler } from '../../live/store.ts';
import type { AgentIs } from '../../parts/agent-state.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { Mark } from '../../parts/mark.tsx';
import { type AgentRow, atWorkById, detailByName } from './agent-rows.ts';
import { agentsShown, filter } from './derived.ts';
import { isAsked } from './filter.ts';
import { Section } from './section.tsx';
import { TakenSlot } from './slot.tsx';
import { sayWhyState } from './why-state.ts';

/** Agents as rows of slots, with what runs in them. */
export function AgentsSection() {
  const running = useResource<Running>('/api/running', { everyMs: 5_000 });
  const details = useResource<Agents>('/api/agents');
  const work = useComputed(() => atWorkById(running.now.value.answer?.running));
  const detail = useComputed(() => detailByName(details.now.value.answer?.agents));
  const { rows, shown, total, held, limit, counts } = agentsShown.value;
  const problem = running.now.value.problem ?? details.now.value.problem;
  return (
    <Section
      name="agents"
      title="Agents"
      hint="1"
      counts={
        <>
          {shown === total ? total : `${shown} of ${total}`} shown, {held} of {limit} slots taken
          <Counted count={counts.unwell} kind="wrong" word="unwell" state="unwell" />
          <Counted count={counts.off} kind="off" word="turned off" state="off" />
        </>
      }
    >
      {problem && connection.value.is === 'live' && <ProblemNote problem={problem} />}
      <List
        label="Agents and their slots"
        isMain
        items={rows}
        keyOf={({ key }) => key}
        rowPx={96}
        row={(row) => <Row row={row} work={work.value} detail={detail.value} />}
        onOpen={(row) => row.is === 'agent' && openAgent(row.agent.name)}
        empty={sayEmpty(total)}
      />
    </Section>
  );
}

function Counted(props: { count: number; kind: 'wrong' | 'off'; word: string; state: string }) {
  const { count, kind, word, state } = props;
  if (count === 0) return null;
  return (
    <>
      {' '}
      <button type="button" title={`Show only these`} onClick={() => setQuery({ state })}>
        <Mark kind={kind}>{`${count} ${word}`}</Mark>
      </button>
    </>
  );
}

function sayEmpty(total: number): string {
  if (total > 0 && isAsked(filter.value)) return 'No agent is as asked for above.';
  if (connection.value.is === 'connecting') return 'Asking which agents there are …';
  return 'There are no agents. ./tinyscheduler validate-config says why, docs/configuration.md how to add one.';
}

function openAgent(name: string): void {
  go(linkTo(['agents', name]));
}

interface RowProps {
  row: AgentRow;
  work: ReturnType<typeof atWorkById>;
  detail: ReturnType<typeof detailByName>;
}

function Row({ row, work, detail }: RowProps) {
  if (row.is === 'pool') {
    const { pool, agents, held, limit } = row;
    return (
      <div class="now-pool-row">
        <strong>{pool === null ? 'Without a pool' : <bdi>{pool}</bdi>}</strong>{' '}
        <span class="quiet">
          {agents} {agents === 1 ? 'agent' : 'agents'}, {held} of {limit} slots taken
        </span>
      </div>
    );
  }
  const { agent, state, slots } = row;
  const why = sayWhyState(agent, detail.get(agent.name));
  return (
    <div class="now-agent-row">
      <div class="now-agent-head">
        <a href={linkTo(['agents', agent.name])}>
          <bdi>{agent.name}</bdi>
        </a>
        <Mark kind={state.kind}>{state.word}</Mark>
        <span class="quiet">
          {agent.held} of {agent.limit}
        </span>
        {why !== undefined && why !== state.word && <bdi class="now-why">{harmless(why)}</bdi>}
      </div>
      <div class="now-slots">
        {slots.tasks.map((line) => (
          <TakenSlot key={line.task_id} line={line} work={work.get(line.task_id)} />
        ))}
        {slots.unknown > 0 && (
          <div
            class="now-slot quiet"
            title="The semaphore has given it; whose task it is for is not known yet"
          >
            {slots.unknown === 1
              ? 'taken, – not known by what'
              : `${slots.unknown} taken, – not known by what`}
          </div>
        )}
        {slots.free > 0 && (
          <div class="now-slot now-free quiet">{sayFree(slots.free, state.is, isOn(scheduler.value))}</div>
        )}
      </div>
    </div>
  );
}

/** Nothing is given to anybody where this is false. */
function isOn(now: SchedulerNow | null): boolean {
  return now === null || (now.enabled && !now.paused && !now.stopped);
}

/** Nothing is given to one that is off, unwell or leaving. */
function sayFree(count: number, is: AgentIs, on: boolean): string {
  if (on && (is === 'busy' || is === 'free')) return count === 1 ? 'free' : `${count} free`;
  return count === 1 ? 'empty, and not given out' : `${count} empty, and not given out`;
}
