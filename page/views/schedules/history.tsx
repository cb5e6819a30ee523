import { useState } from 'preact/hooks';
import { address, setQuery } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Occurrence, Occurrences } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { sayLasted } from '../../parts/lasted.ts';
import { Ago } from '../../parts/time.tsx';
import { Moment } from './moment.tsx';
import { pathOf } from './place.ts';
import { EndMark } from './state.tsx';

const PAGE = 25;
const ENDS: readonly (readonly [string, string])[] = [
  ...([
    ['', 'all'],
    ['failed', 'failed'],
    ['done', 'done'],
    ['cancelled', 'cancelled'],
  ] as const),
  ...([
    ['left-out', 'left out'],
    ['under-way', 'under way'],
  ] as const),
];

/** What became of its occurrences, page by page, newest first. */
export function History({ name, zone }: { name: string; zone: string }) {
  const asked = address.value.query.get('end') ?? '';
  const end = ENDS.some(([each]) => each === asked) ? asked : '';
  return <Pages key={end} {...{ name, zone, end }} />;
}

function Pages({ name, zone, end }: { name: string; zone: string; end: string }) {
  /** Of the pages before this one; the last is that of this one. */
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = new URLSearchParams({ limit: String(PAGE), ...(end && { end }), ...(cursor && { cursor }) });
  const { now } = useResource<Occurrences>(`${pathOf(name, 'history')}?${query}`, { onChangeMs: 5_000 });
  const { answer, problem } = now.value;
  return (
    <section aria-labelledby="history-head">
      <div class="view-head">
        <h3 id="history-head">History</h3>
        <label>
          Which{' '}
          <select value={end} onChange={(event) => setQuery({ end: event.currentTarget.value || undefined })}>
            {ENDS.map(([each, word]) => (
              <option key={each} value={each}>
                {word}
              </option>
            ))}
          </select>
        </label>
      </div>
      {problem && <ProblemNote problem={problem} />}
      <Lines occurrences={answer?.occurrences} zone={zone} isAsked={problem === undefined} />
      <div class="buttons">
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Newer
          </button>
        )}
        {answer?.next_cursor != null && (
          <button type="button" onClick={() => setCursors([...cursors, answer.next_cursor ?? ''])}>
            Older
          </button>
        )}
      </div>
    </section>
  );
}

interface LinesProps {
  occurrences: readonly Occurrence[] | undefined;
  zone: string;
  isAsked: boolean;
}

function Lines({ occurrences, zone, isAsked }: LinesProps) {
  if (occurrences === undefined) return isAsked ? <p class="empty">It is being asked for …</p> : null;
  if (occurrences.length === 0) return <p class="empty">There is none.</p>;
  return (
    <ol class="history">
      {occurrences.map((each) => (
        <li key={`${each.workflow_id} ${each.run_id} ${each.planned}`}>
          <Line each={each} zone={zone} />
        </li>
      ))}
    </ol>
  );
}

const TRIGGERS: Readonly<Record<string, string>> = {
  ...{ 'run-now': 'by hand', backfill: 'backfill, by hand', missed: 'missed, then by hand' },
};

function Line({ each, zone }: { each: Occurrence; zone: string }) {
  const { planned, times, trigger, why_late: late, waits, left_out: left, decided } = each;
  const says = left?.says ?? waits?.says ?? each.reason;
  return (
    <>
      <p class="planned">
        {times > 1 && `${times} times up to `}
        <Moment at={planned} zone={zone} away={false} />
        {trigger !== 'plan' && <span class="quiet"> {TRIGGERS[trigger] ?? trigger}</span>}
      </p>
      <p class="how">
        <EndMark end={each.end} /> {each.ended !== null && <Ago at={each.ended} />}
        {says !== null && ':'}
        {says !== null && <span class="why"> {harmless(says)}</span>}
        {decided !== null && (
          <span class="quiet"> (decided: {decided === 'run' ? 'run' : 'left at that'})</span>
        )}
        {late !== null && <span class="late"> late: {harmless(late)}</span>}
      </p>
      <Came each={each} />
    </>
  );
}

/** What its task came to; a dash where it is not known. */
function Came({ each }: { each: Occurrence }) {
  const { task_id: taskId, started, seconds, attempts, tokens, log, links, verdict, agent } = each;
  // One that was left out has none of it.
  if (taskId === null && started === null) return null;
  return (
    <dl class="came">
      <Fact what="task">{taskId === null ? null : <a href={linkTo(['tasks', taskId])}>{taskId}</a>}</Fact>
      <Fact what="began">{started === null ? null : <Ago at={started} />}</Fact>
      <Fact what="took">{seconds === null ? null : sayLasted(seconds * 1_000)}</Fact>
      <Fact what="verdict">{verdict}</Fact>
      <Fact what="attempts">{attempts}</Fact>
      <Fact what="tokens">{tokens === null ? null : tokens.toLocaleString('en')}</Fact>
      <Fact what="agent">{agent}</Fact>
      <Fact what="log">
        {log === null || taskId === null ? log : <a href={linkTo(['tasks', taskId], { to: 'log' })}>{log}</a>}
      </Fact>
      {links?.map((link, at) => (
        <Fact key={at} what="link">
          {/^https?:\/\//.test(link) ? (
            <a href={link} target="_blank" rel="noreferrer">
              {harmless(link)}
            </a>
          ) : (
            harmless(link)
          )}
        </Fact>
      ))}
    </dl>
  );
}

function Fact({ what, children }: { what: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{what}</dt>
      <dd>{children ?? <span title="not known, or none">–</span>}</dd>
    </div>
  );
}
