import { useState } from 'preact/hooks';
import { type Problem, problemOf } from '../../api/call.ts';
import type { Backfilled, Schedule } from '../../api/shapes.ts';
import { dryRun, ProblemNote } from '../../parts/deed.tsx';
import { sayWouldBackfill } from './deed-words.ts';
import { proposeBackfill, type Then } from './deeds.ts';
import { pathOf } from './place.ts';
import { useNewest } from './use-newest.ts';

/** Makes up for times in the past; how many they are is told before. */
export function Backfill({ schedule, then }: { schedule: Schedule; then: Then }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const { name, timezone } = schedule;
  const asked = from === '' || to === '' ? null : { name, from: spaced(from), to: spaced(to) };
  const { answer, isOld } = useNewest<Asked, Would>(asked, foretold);
  // What it would do at other times is not shown.
  const would = isOld ? undefined : answer;
  return (
    <details class="backfill">
      <summary>Backfill: make up for times in the past</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (would?.due) proposeBackfill(schedule, { from: spaced(from), to: spaced(to) }, then);
        }}
      >
        <label>
          From
          <input type="datetime-local" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label>
          To, itself too
          <input type="datetime-local" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
        <button type="submit" disabled={!would?.due}>
          Backfill …
        </button>
      </form>
      <p class="quiet">These are times of the schedule’s zone, {timezone}.</p>
      {would?.says && <p aria-live="polite">{would.says}</p>}
      {would?.problem && <ProblemNote problem={would.problem} />}
    </details>
  );
}

interface Would {
  due: number;
  says?: string;
  problem?: Problem;
}

interface Asked {
  name: string;
  from: string;
  to: string;
}

async function foretold({ name, ...span }: Asked): Promise<Would> {
  try {
    const answer = await dryRun<Backfilled>(pathOf(name, 'backfill'), span);
    return { due: answer.due, says: sayWouldBackfill(answer) };
  } catch (error) {
    return { due: 0, problem: problemOf(error) };
  }
}

/** `2026-11-26T03:00` as schedules have it: `2026-11-26 03:00`. */
function spaced(time: string): string {
  return time.replace('T', ' ');
}
