import type { Agent } from '../../api/shapes.ts';
import { budgetToday } from '../../parts/agent-state.ts';
import { Ago } from '../../parts/time.tsx';

const NUMBER = new Intl.NumberFormat('en-GB');

/** What was taken of a budget today, as a bar and in words; nothing where there is none. */
export function Budget({ budget, of }: { budget: Agent['budget']; of: string }) {
  const told = budgetToday(budget);
  if (told === undefined || told.limit === null) return null;
  const { limit, today } = told;
  const known = today?.used ?? null;
  const taken = known === null ? null : known + (today?.unknown ?? 0) + (today?.reserved ?? 0);
  return (
    <span class="budget">
      {taken !== null && (
        <meter
          aria-label={`Budget of ${of} taken today`}
          min={0}
          max={limit}
          high={limit * 0.8}
          value={Math.min(limit, taken)}
        />
      )}{' '}
      {taken === null ? (
        <span title="nobody has told yet">– of {NUMBER.format(limit)} tokens today</span>
      ) : (
        <span
          title={`used ${NUMBER.format(known ?? 0)}, for attempts that nobody has told of ${NUMBER.format(today?.unknown ?? 0)}, reserved for what runs ${NUMBER.format(today?.reserved ?? 0)}`}
        >
          {NUMBER.format(taken)} of {NUMBER.format(limit)} tokens today ({Math.round((100 * taken) / limit)}{' '}
          %)
          {today?.used_up && (
            <>
              ; its next day begins <Ago at={today.until} />
            </>
          )}
        </span>
      )}
    </span>
  );
}
