import type { MissedTime } from '../../api/shapes.ts';
import { harmless } from '../../parts/harmless.ts';
import { List } from '../../parts/list.tsx';
import { counted } from './deed-words.ts';
import { proposeDecide, type Then } from './deeds.ts';
import { Moment } from './moment.tsx';
import { linkToSchedule } from './place.ts';

interface MissedTimesProps {
  label: string;
  missed: readonly MissedTime[];
  then: Then;
  isMain?: boolean;
}

const ROW_PX = 64;

/** Times that nobody began, each to be run or left at that. */
export function MissedTimes({ label, missed, then, isMain = false }: MissedTimesProps) {
  return (
    <List
      label={label}
      isMain={isMain}
      items={missed}
      keyOf={({ key }) => key}
      row={(each) => <Missed each={each} then={then} />}
      rowPx={ROW_PX}
      keys={[
        { keys: 'r', says: 'run it now', run: ({ key }) => proposeDecide([key], 'run', then) },
        { keys: 'x', says: 'leave it at that', run: ({ key }) => proposeDecide([key], 'skip', then) },
      ]}
      empty="Nothing was missed that nobody has decided about."
    />
  );
}

function Missed({ each, then }: { each: MissedTime; then: Then }) {
  const { schedule, planned, timezone, times, says, key } = each;
  return (
    <div class="missed-time">
      <p>
        <a href={linkToSchedule(schedule)}>{schedule}</a> {times > 1 && `${times} times up to `}
        <Moment at={planned} zone={timezone} />
      </p>
      <p class="quiet">{harmless(says)}</p>
      <Decide keys={[key]} of={`${schedule}, ${planned}`} then={then} />
    </div>
  );
}

interface DecideProps {
  keys: readonly string[];
  /** For who hears the page. */
  of: string;
  then: Then;
  all?: boolean;
}

/** The two things that can be done about them. */
export function Decide({ keys, of, then, all = false }: DecideProps) {
  const these = all ? ` all ${counted(keys.length, 'time')}` : '';
  const [run, leave] = [all ? `Run${these}` : 'Run now', `Leave${these} at that`];
  return (
    <div class="decide">
      <button type="button" aria-label={`${run}: ${of}`} onClick={() => proposeDecide(keys, 'run', then)}>
        {run}
      </button>
      <button type="button" aria-label={`${leave}: ${of}`} onClick={() => proposeDecide(keys, 'skip', then)}>
        {leave}
      </button>
    </div>
  );
}
