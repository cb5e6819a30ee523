import { useComputed } from '@preact/signals';
import { type Cause, parkedCauses } from '../../parts/causes.ts';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { Mark } from '../../parts/mark.tsx';
import { countTasks } from '../../parts/retry/retry.ts';
import { NotRetried, proposeRetry } from '../../parts/retry/retry-deed.tsx';
import { Ago } from '../../parts/time.tsx';
import { parked } from './derived.ts';
import type { Line } from './line.ts';
import { LogTail } from './log-tail.tsx';
import { opened, turnOpen } from './opened.ts';
import { Section } from './section.tsx';
import { choose, chosen, turnChosen } from './selection.ts';
import { TaskLink } from './task-words.tsx';
import { Why } from './why.tsx';

type Row = { is: 'cause'; key: string; cause: Cause } | { is: 'task'; key: string; line: Line };

/** Tasks that run again only after a person has called them back. */
export function ParkedSection() {
  const rows = useComputed(() =>
    parkedCauses(parked.value).flatMap((cause): Row[] => [
      { is: 'cause', key: `cause ${cause.key}`, cause },
      ...cause.lines.map((line): Row => ({ is: 'task', key: `${line.task_id}`, line })),
    ]),
  );
  const mine = useComputed(() => parked.value.filter(({ task_id: id }) => chosen.value.has(id)));
  const { value: all } = parked;
  return (
    <Section
      name="parked"
      title="Parked"
      hint="3"
      counts={all.length === 0 ? 'none' : <Mark kind="wrong">{`${all.length}`}</Mark>}
    >
      <NotRetried />
      {all.length > 0 && (
        <div class="now-many">
          <button type="button" onClick={() => retry(all)}>
            Retry all {all.length} …
          </button>
          <button type="button" disabled={mine.value.length === 0} onClick={() => retry(mine.value)}>
            Retry the {mine.value.length} chosen …
          </button>
          {mine.value.length > 0 && (
            <button type="button" onClick={() => choose([...chosen.value], false)}>
              Choose none
            </button>
          )}
          <span class="quiet">x chooses the row, r retries it, Enter shows why</span>
        </div>
      )}
      <List
        label="Parked tasks"
        items={rows.value}
        keyOf={({ key }) => key}
        rowPx={56}
        row={(row) => (row.is === 'cause' ? <CauseRow {...row.cause} /> : <ParkedRow line={row.line} />)}
        onOpen={(row) => row.is === 'task' && turnOpen(row.line.task_id)}
        keys={[
          { keys: 'x', says: 'choose a parked task, or all of its cause', run: turnRow },
          {
            keys: 'r',
            says: 'retry a parked task, or all of its cause',
            run: (row) => retry(linesOf(row)),
          },
        ]}
        empty="Nothing is parked."
      />
    </Section>
  );
}

/** What could not be done stays chosen, and so does what was not asked for here. */
function retry(lines: readonly Line[]): void {
  proposeRetry(lines, (ids) => choose(ids, false));
}

function linesOf(row: Row): Line[] {
  return row.is === 'cause' ? row.cause.lines : [row.line];
}

function turnRow(row: Row): void {
  const ids = linesOf(row).map(({ task_id: id }) => id);
  choose(ids, !ids.every((id) => chosen.peek().has(id)));
}

function CauseRow({ says, lines }: Cause) {
  const ids = lines.map(({ task_id: id }) => id);
  const isWhole = ids.every((id) => chosen.value.has(id));
  return (
    <div class="now-group-row">
      <label class="now-choose">
        <input type="checkbox" checked={isWhole} onChange={() => choose(ids, !isWhole)} />
        <strong>
          <bdi>{harmless(says)}</bdi>
        </strong>
      </label>
      <span class="quiet">{countTasks(lines.length)}</span>
      <button type="button" class="now-small" onClick={() => retry(lines)}>
        Retry {lines.length === 1 ? 'it' : `all ${lines.length} of this cause`} …
      </button>
    </div>
  );
}

function ParkedRow({ line }: { line: Line }) {
  const { task_id: id, title, agent, attempt } = line;
  const isOpen = opened.value === id;
  return (
    <div class="now-wait-row">
      <label class="now-choose">
        <input
          type="checkbox"
          aria-label={`Choose task ${id}`}
          checked={chosen.value.has(id)}
          onChange={() => turnChosen(id)}
        />
      </label>
      <TaskLink id={id} title={title} />
      {agent !== null && (
        <span>
          last on <bdi>{agent}</bdi>
        </span>
      )}
      {(attempt ?? 0) > 1 && <span>{attempt} attempts</span>}
      <span class="quiet">
        added <Ago at={line.added} />
      </span>
      <button type="button" class="now-small" aria-expanded={isOpen} onClick={() => turnOpen(id)}>
        {isOpen ? 'Close' : 'Why? Log'}
      </button>
      <button type="button" class="now-small" onClick={() => retry([line])}>
        Retry …
      </button>
      {isOpen && (
        <div class="now-why-box">
          <LogTail id={id} />
          <Why id={id} />
        </div>
      )}
    </div>
  );
}
