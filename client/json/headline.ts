import type { Changed, Headline } from '../../contract/headline.ts';
import { sayChanged, sayCondition, sayHeadline } from '../../words/headline.ts';
import { sayProblems } from '../../words/problem.ts';
import { isoTime } from './iso-time.ts';

/** The first line as one JSON object, times in ISO 8601. What is not known is null. */
export function headlineJson(headline: Headline): Record<string, unknown> {
  const { atMs, level, conditions, sinceMs, changed, arrivedLastHour, endedLastHour, counts } = headline;
  return {
    at: isoTime(atMs),
    says: sayHeadline(headline),
    level,
    since: isoTime(sinceMs),
    conditions: conditions.map((each) => ({ what: each.what, says: sayCondition(each, atMs) })),
    problems: sayProblems(headline.problems),
    changed: changed.map(changedJson),
    arrived_last_hour: arrivedLastHour,
    ended_last_hour: endedLastHour,
    oldest_waiting: oldestJson(headline.oldestWaiting),
    oldest_ready: oldestJson(headline.oldestReady),
    counts: counts && {
      agents: counts.agents,
      stuck: counts.stuck,
      agents_off: counts.agentsOff,
      running: counts.running,
      slots: counts.slots,
      waiting: counts.waiting,
      waiting_total: counts.waitingTotal,
      parked: counts.parked,
      lost: counts.lost,
    },
  };
}

function oldestJson(oldest: Headline['oldestReady']): Record<string, unknown> | null {
  return oldest && { task_id: oldest.taskId, since: isoTime(oldest.sinceMs) };
}

function changedJson(changed: Changed): Record<string, unknown> {
  const deed = changed.what === 'deed' ? changed.deed : undefined;
  return {
    ...{ at: isoTime(changed.atMs), what: deed?.did ?? changed.what },
    ...{ by: deed?.by ?? ('by' in changed ? changed.by : null), note: deed?.note ?? null },
    ...{ agent: deed?.agent ?? null, queue: changed.what === 'deed' ? changed.queue : null },
    says: sayChanged(changed),
  };
}
