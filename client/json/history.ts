import type { NamedGroup, RecentRun, RunGroup, RunHistory } from '../../contract/history.ts';
import { cut } from '../../domain/cut.ts';
import { isoTime } from './iso-time.ts';
import { spreadJson } from './report.ts';

const HOUR_MS = 3_600_000;

/** What ended as one JSON object, in groups; times in ISO 8601, lengths of time in seconds. */
export function historyJson(history: RunHistory): Record<string, unknown> {
  const { atMs, sinceMs, untilMs, knownSinceMs, keptForMs, leftLine, lookedAt, more } = history;
  return {
    ...{ at: isoTime(atMs), since: isoTime(sinceMs), until: isoTime(untilMs) },
    known_since: isoTime(knownSinceMs),
    kept_for_hours: keptForMs === null ? null : Math.round(keptForMs / HOUR_MS),
    ...{ looked_at: lookedAt, more: more !== 'no', reads_on: more === 'in-time', left_line: leftLine },
    ...{ by: history.by, time_zone: history.timeZone, all: groupJson(history.all) },
    groups: history.groups.map(namedJson),
    groups_left_out: history.groupsLeftOut,
  };
}

function namedJson({ key, during, recent, ...group }: NamedGroup): Record<string, unknown> {
  return {
    // Of recipes, names are what hosts have told.
    key: key === null ? null : cut(key),
    ...(during && {
      ...{ since: isoTime(during.sinceMs), until: isoTime(during.untilMs), is_whole: during.isWhole },
    }),
    ...groupJson(group),
    recent: recent.map(recentJson),
  };
}

function groupJson(group: RunGroup): Record<string, unknown> {
  const { runs, cameTo, verdicts, working, waiting, attempts, attemptsFailed, tokens, unknownTokens } = group;
  return {
    ...{ runs, came_to: cameTo, verdicts },
    working_sec: working && spreadJson(working),
    waiting_sec: waiting && spreadJson(waiting),
    ...{ attempts, attempts_failed: attemptsFailed, tokens, attempts_with_unknown_tokens: unknownTokens },
  };
}

function recentJson({ taskId, runId, endedMs, agent, cameTo, verdict, attempts }: RecentRun) {
  return {
    ...{ task_id: taskId, run_id: runId, ended: isoTime(endedMs), agent, came_to: cameTo, verdict, attempts },
  };
}
