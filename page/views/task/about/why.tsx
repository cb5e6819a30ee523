import { useState } from 'preact/hooks';
import { linkTo } from '../../../address/link.ts';
import { ask, type Problem, problemOf } from '../../../api/call.ts';
import type { Explained, Task } from '../../../api/shapes.ts';
import { useResource } from '../../../live/resource.ts';
import { ProblemNote } from '../../../parts/deed.tsx';
import { harmless } from '../../../parts/harmless.ts';
import { Ago } from '../../../parts/time.tsx';
import { Linked } from './linked.tsx';
import { whyLines } from './split-tasks.ts';

/** Why it is where it is: all reasons but that above it, what it hangs on, its place in line, what would start it; and what is foreseen. */
export function Why({ task }: { task: Task }) {
  const { task_id: id, status, archived } = task;
  const { now } = useResource<Explained>(`/api/tasks/${id}/explain`, { onChangeMs: 5_000 });
  const { answer, problem } = now.value;
  const told = answer === undefined ? [] : whyLines(answer.says);
  const lines = told.filter((line) => line !== `Why it does not run: ${task.where?.says}.`);
  const isOver = status === 'complete' || archived === true;
  const schedule = answer?.occurrence?.schedule;
  // Its attempts, below, tell it.
  if (isOver && answer && told.length === 0 && !problem && !schedule) return null;
  return (
    <section aria-labelledby="why-title">
      <h3 id="why-title">{isOver ? 'How it ended' : 'Why it is where it is'}</h3>
      {problem && <ProblemNote problem={problem} />}
      {answer === undefined && problem === undefined && <p class="quiet">Asking …</p>}
      {answer && told.length === 0 && !isOver && <p class="quiet">Nothing keeps it.</p>}
      {lines.map((line, at) => (
        <p key={at} class="why" dir="auto">
          <Linked text={harmless(line)} />
        </p>
      ))}
      {schedule && (
        <p>
          Of the schedule <a href={linkTo(['schedules', schedule])}>{schedule}</a>
        </p>
      )}
      {!isOver && <Forecast taskId={id} />}
    </section>
  );
}

interface Foreseen {
  task_id: number;
  says: string;
  start: { p50: string; p90: string } | null;
  end: { p50: string; p90: string } | null;
  basis: { says: string };
}

/** It costs a simulation of the whole queue, so it is asked for. */
function Forecast({ taskId }: { taskId: number }) {
  const [told, setTold] = useState<Foreseen | 'asked' | 'nothing'>();
  const [problem, setProblem] = useState<Problem>();
  const look = async () => {
    setTold('asked');
    setProblem(undefined);
    try {
      const { tasks } = await ask<{ tasks: Foreseen[] }>(`/api/forecast?task=${taskId}`);
      setTold(tasks.find(({ task_id: id }) => id === taskId) ?? 'nothing');
    } catch (error) {
      setTold(undefined);
      setProblem(problemOf(error));
    }
  };
  return (
    <div class="forecast">
      <button type="button" disabled={told === 'asked'} onClick={() => void look()}>
        {told === 'asked' ? 'Looking ahead …' : 'When will it start and end?'}
      </button>
      {problem && <ProblemNote problem={problem} />}
      {told === 'nothing' && <p class="quiet">Nothing is foreseen of it.</p>}
      {typeof told === 'object' && <Outlook foreseen={told} />}
    </div>
  );
}

function Outlook({ foreseen: { says, start, end, basis } }: { foreseen: Foreseen }) {
  return (
    <>
      <p>{says}</p>
      {(start || end) && (
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">as likely as not</th>
              <th scope="col">nearly surely by</th>
            </tr>
          </thead>
          <tbody>
            {(['start', 'end'] as const).map((which) => {
              const span = which === 'start' ? start : end;
              return (
                <tr key={which}>
                  <th scope="row">{which === 'start' ? 'Starts' : 'Ends'}</th>
                  <td>
                    <Ago at={span?.p50} />
                  </td>
                  <td>
                    <Ago at={span?.p90} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <p class="quiet">{basis.says}</p>
    </>
  );
}
