import type { BudgetLine } from '../../domain/plan/agent-line.ts';
import { isUsedUp, type PastDay } from '../../domain/slots/tokens.ts';
import { isoTime } from './iso-time.ts';

/** A budget and what was taken of it, in tokens. What is not known is null. */
export function budgetJson({
  tokensPerDay,
  timeZone,
  today,
  past = [],
}: BudgetLine): Record<string, unknown> {
  return {
    ...{ tokens_per_day: tokensPerDay, time_zone: timeZone },
    today: today && {
      ...dayJson(today),
      reserved: today.reserved,
      runs_without_reservation: today.unreserved,
      until: isoTime(today.endsMs),
      used_up: isUsedUp({ tokensPerDay, timeZone }, today),
    },
    days_before: past.map(dayJson),
  };
}

/** `unknown`: for attempts whose tokens nobody has told, as much as such ones took before. */
function dayJson({ day, used, unknown, unknownAttempts }: PastDay): Record<string, unknown> {
  return { day, used, unknown, attempts_with_unknown_tokens: unknownAttempts };
}
