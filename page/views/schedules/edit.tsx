import { useEffect, useState } from 'preact/hooks';
import { address } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { type Problem, problemOf } from '../../api/call.ts';
import { agents, connection } from '../../live/store.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { EMPTY, exampleDraft } from './draft.ts';
import { ScheduleForm } from './form.tsx';
import { type KeptDraft, keptDraft } from './kept-draft.ts';
import { linkToSchedule } from './place.ts';
import { loadDraft } from './save.ts';
import { viewersZone } from './zones.ts';

/** Makes a schedule. */
export function NewSchedule() {
  const isExample = address.value.query.get('example') !== undefined;
  const [kept] = useState(() => keptDraft(sessionStorage, null));
  // The example is for a queue that there is.
  const isKnown = connection.value.is !== 'connecting';
  return (
    <>
      <h2>New schedule</h2>
      {kept !== undefined && <KeptNote />}
      {kept !== undefined ? (
        <ScheduleForm name={null} start={kept} />
      ) : isExample && !isKnown ? (
        <p class="empty">It is being asked which queues there are …</p>
      ) : (
        <Fresh isExample={isExample} />
      )}
    </>
  );
}

function Fresh({ isExample }: { isExample: boolean }) {
  const [start] = useState(() => newDraft(isExample));
  return <ScheduleForm name={null} start={start} />;
}

function newDraft(isExample: boolean): KeptDraft {
  const timezone = viewersZone();
  const [queue] = [...agents.peek().all.values()].flatMap((agent) => agent.queue ?? []);
  const draft = isExample ? exampleDraft(queue, timezone) : { ...EMPTY, texts: { timezone } };
  return { draft, base: draft, etag: null };
}

/** Changes one. */
export function EditSchedule({ name }: { name: string }) {
  const [start, setStart] = useState<{ isKept: boolean; kept: KeptDraft } | null>(() => {
    const kept = keptDraft(sessionStorage, name);
    return kept === undefined ? null : { isKept: true, kept };
  });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (start !== null) return;
    setProblem(null);
    loadDraft(name).then(
      (kept) => setStart({ isKept: false, kept }),
      (error: unknown) => setProblem(problemOf(error)),
    );
  }, [name, tries]);
  return (
    <>
      <h2>
        Edit schedule <a href={linkToSchedule(name)}>{name}</a>
      </h2>
      {problem && (
        <>
          <ProblemNote problem={problem} />
          <div class="buttons">
            <button type="button" onClick={() => setTries(tries + 1)}>
              Try again
            </button>
            <a class="button" href={linkTo(['schedules'])}>
              All schedules
            </a>
          </div>
        </>
      )}
      {start === null && problem === null && <p class="empty">It is being asked for …</p>}
      {start?.isKept && <KeptNote />}
      {start !== null && <ScheduleForm name={name} start={start.kept} />}
    </>
  );
}

function KeptNote() {
  return (
    <p class="warning" role="status">
      What you typed here before, and did not save, is back.
    </p>
  );
}
