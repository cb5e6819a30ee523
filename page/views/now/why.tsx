import { linkTo } from '../../address/link.ts';
import type { Explained } from '../../api/shapes.ts';
import { useResource } from '../../live/resource.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { harmless } from '../../parts/harmless.ts';
import { Ago } from '../../parts/time.tsx';
import { TaskNumbers } from './task-words.tsx';

/** Why a task is where it is and what would start it, asked for when somebody wants to know. */
export function Why({ id }: { id: number }) {
  const { now } = useResource<Explained>(`/api/tasks/${id}/explain`, { everyMs: 20_000, onChangeMs: 5_000 });
  const { answer, problem } = now.value;
  if (answer === undefined)
    return problem ? <ProblemNote problem={problem} /> : <p class="quiet">Asking why …</p>;
  const { says, change, place, run } = answer;
  return (
    <div class="now-why-box">
      {problem && <ProblemNote problem={problem} />}
      {change && <p class="now-change">{harmless(change.says ?? 'Nothing has to be done to start it.')}</p>}
      {run?.state === 'backing-off' && (
        <p class="now-change">
          It runs again <Ago at={run.until} />.
        </p>
      )}
      {place && (
        <p>
          {place.place}. in line
          {place.before.length > 0 && (
            <>
              ; before it <TaskNumbers ids={place.before} />
            </>
          )}
          {place.holders.length > 0 && (
            <>
              ; slots are held by <TaskNumbers ids={place.holders} />
            </>
          )}
          .
        </p>
      )}
      <ul>
        {says
          .filter((each) => each !== change?.says)
          .map((each) => (
            <li key={each}>
              <bdi>{harmless(each)}</bdi>
            </li>
          ))}
      </ul>
      <a href={linkTo(['tasks', id])}>Everything about task {id}</a>
    </div>
  );
}
