import { useComputed } from '@preact/signals';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { Mark, PhaseMark } from '../../parts/mark.tsx';
import { proposeRetry } from '../../parts/retry/retry-deed.tsx';
import { Ago } from '../../parts/time.tsx';
import { backingOff, elsewhere, interrupted } from './derived.ts';
import type { Line } from './line.ts';
import { opened, turnOpen } from './opened.ts';
import { Section } from './section.tsx';
import { TaskLink } from './task-words.tsx';
import { Why } from './why.tsx';

type Row =
  | { is: 'head'; key: string; title: string; count: number }
  | { is: 'task'; key: string; line: Line; canRetry: boolean };

/** What neither runs nor waits in a line: interrupted, backing off, worked on by others. */
export function RestSection() {
  const rows = useComputed(() => [
    ...group('Interrupted: their host is gone', interrupted.value, false),
    ...group('Back off, and then run again', backingOff.value, true),
    ...group('Worked on elsewhere, by no run of ours', elsewhere.value, true),
  ]);
  const counts = [interrupted, backingOff, elsewhere].map(({ value }) => value.length);
  const [lost = 0, resting = 0, others = 0] = counts;
  return (
    <Section
      name="rest"
      title="Interrupted, backing off, elsewhere"
      hint="4"
      counts={
        <>
          {lost > 0 ? <Mark kind="wrong">{`${lost} interrupted`}</Mark> : '0 interrupted'}
          <span>
            {resting} back off, {others} elsewhere
          </span>
        </>
      }
    >
      <List
        label="Interrupted tasks, those that back off, and those that others have"
        items={rows.value}
        keyOf={({ key }) => key}
        rowPx={48}
        row={(row) => (row.is === 'head' ? <Head {...row} /> : <RestRow {...row} />)}
        onOpen={(row) => row.is === 'task' && turnOpen(row.line.task_id)}
        empty="Nothing is interrupted, backs off, or is worked on elsewhere."
      />
    </Section>
  );
}

function group(title: string, lines: readonly Line[], canRetry: boolean): Row[] {
  if (lines.length === 0) return [];
  const rows = lines.map((line): Row => ({ is: 'task', key: `${line.task_id}`, line, canRetry }));
  return [{ is: 'head', key: title, title, count: lines.length }, ...rows];
}

function Head({ title, count }: { title: string; count: number }) {
  return (
    <div class="now-group-row">
      <strong>{title}</strong> <span class="quiet">({count})</span>
    </div>
  );
}

function RestRow({ line, canRetry }: { line: Line; canRetry: boolean }) {
  const isOpen = opened.value === line.task_id;
  return (
    <div class="now-wait-row">
      <PhaseMark phase={line.phase} />
      <TaskLink id={line.task_id} title={line.title} />
      {line.since !== null && (
        <span class="quiet">
          since <Ago at={line.since} plain />
        </span>
      )}
      <span class="now-says">
        <bdi>{harmless(line.says)}</bdi>
      </span>
      <button type="button" class="now-small" aria-expanded={isOpen} onClick={() => turnOpen(line.task_id)}>
        {isOpen ? 'Close' : line.phase === 'backing-off' ? 'Until when?' : 'Why?'}
      </button>
      {canRetry && (
        <button type="button" class="now-small" onClick={() => proposeRetry([line])}>
          {line.phase === 'backing-off' ? 'Run it now …' : 'Take it back …'}
        </button>
      )}
      {isOpen && <Why id={line.task_id} />}
    </div>
  );
}
