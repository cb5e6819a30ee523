import { address, go, setQuery } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import type { Schedule } from '../../api/shapes.ts';
import { ProblemNote } from '../../parts/deed.tsx';
import { useKeys } from '../../parts/keys.ts';
import { List } from '../../parts/list.tsx';
import { useSchedules } from './all-schedules.ts';
import { proposeRunNow, proposeToggle, type Then } from './deeds.ts';
import { countsOf, type Listing, listed, ONLY, type Only, readListing } from './listing.ts';
import { linkToEdit, linkToSchedule } from './place.ts';
import { ScheduleRow } from './row.tsx';

const NEW = linkTo(['schedules', 'new']);
const ROW_PX = 96;

/** All schedules. */
export function ScheduleList() {
  const { now, again } = useSchedules();
  const { answer, problem } = now.value;
  useKeys([{ keys: 'c', says: 'create a schedule', run: () => go(NEW) }]);
  const listing = readListing(address.value.query);
  return (
    <>
      <div class="view-head">
        <h2>Schedules</h2>
        <a class="button" href={NEW}>
          New schedule
        </a>
        <a class="button" href={linkTo(['schedules', 'missed'])}>
          What was missed
        </a>
      </div>
      {problem && <ProblemNote problem={problem} />}
      {answer === undefined ? (
        problem === undefined && <p class="empty">The schedules are being asked for …</p>
      ) : answer.schedules.length === 0 ? (
        <NoneYet />
      ) : (
        <>
          <Filters listing={listing} all={answer.schedules} />
          {answer.isCut && (
            <p class="quiet">These are the first {answer.schedules.length}; there are more.</p>
          )}
          <List
            label="Schedules"
            isMain
            items={listed(answer.schedules, listing)}
            question={JSON.stringify(listing)}
            keyOf={({ name }) => name}
            row={(schedule) => <ScheduleRow schedule={schedule} again={again} />}
            rowPx={ROW_PX}
            onOpen={({ name }) => go(linkToSchedule(name))}
            keys={keysOf(again)}
            empty="None of the schedules is so. The filters above are what leaves them out."
          />
        </>
      )}
    </>
  );
}

function keysOf(again: Then) {
  return [
    { keys: 'p', says: 'pause or resume', run: (schedule: Schedule) => proposeToggle(schedule, again) },
    {
      keys: 'r',
      says: 'run now',
      run: (schedule: Schedule) => proposeRunNow(schedule, 'even-if-paused', again),
    },
    { keys: 'e', says: 'edit', run: ({ name }: Schedule) => go(linkToEdit(name)) },
  ];
}

/** Leads to the first one. */
function NoneYet() {
  return (
    <div class="empty none-yet">
      <p>There is no schedule yet. A schedule makes a task at each of its times: every night at 3, say.</p>
      <a class="button primary" href={linkTo(['schedules', 'new'], { example: 'nightly' })}>
        Begin with an example
      </a>
    </div>
  );
}

const WORDS: Readonly<Record<Only, string>> = {
  ...{ all: 'All', troubled: 'In trouble', active: 'Active', paused: 'Paused', finished: 'Finished' },
};

function Filters({ listing, all }: { listing: Listing; all: readonly Schedule[] }) {
  const counts = countsOf(all);
  return (
    <fieldset class="filters">
      <legend class="heard">Which are listed</legend>
      {ONLY.map((only) => (
        <button
          key={only}
          type="button"
          aria-pressed={listing.only === only}
          onClick={() => setQuery({ only: only === 'all' ? undefined : only })}
        >
          {WORDS[only]} {counts[only]}
        </button>
      ))}
      <input
        type="search"
        aria-label="Find schedules by words"
        placeholder="words"
        maxLength={200}
        value={listing.find}
        onInput={(event) => setQuery({ find: event.currentTarget.value || undefined })}
      />
      <label>
        Order{' '}
        <select
          value={listing.order}
          onChange={(event) => setQuery({ order: event.currentTarget.value === 'name' ? 'name' : undefined })}
        >
          <option value="next">trouble, then next time</option>
          <option value="name">trouble, then name</option>
        </select>
      </label>
    </fieldset>
  );
}
