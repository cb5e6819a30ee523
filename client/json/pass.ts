import type { PassFigures, PassReport } from '../../contract/pass.ts';
import { sayWarnings } from '../../words/pass.ts';
import { snake } from './snake-keys.ts';
import { waitingJson } from './waiting.ts';

const FIGURES: readonly (keyof PassFigures)[] = [
  'leasesScanned',
  'leasesReclaimed',
  'unassignedMatched',
  'assignedSpawned',
  'tasksSpawned',
  'blockedSkipped',
  'errors',
];

/** A pass as one JSON object; keys as the Python version logs them. */
export function passJson(report: PassReport, { dryRun = false } = {}): Record<string, unknown> {
  return {
    at: new Date(report.atMs).toISOString(),
    took_ms: report.tookMs,
    dry_run: dryRun,
    ...figuresJson(dryRun ? nothingSpawned(report.figures) : report.figures),
    ...(dryRun && { would_spawn: report.figures.tasksSpawned }),
    started: report.started.map(({ taskId, agent, queue }) => ({ task_id: taskId, agent, queue })),
    not_started: report.waiting.map(waitingJson),
    not_started_total: report.waitingTotal,
    warnings: sayWarnings(report),
    error_messages: report.errors,
    by: report.by,
  };
}

export function figuresJson(figures: PassFigures): Record<string, number> {
  return Object.fromEntries(FIGURES.map((key) => [snake(key), figures[key]]));
}

/** A dry run finds places for tasks, and spawns none. */
export function nothingSpawned(figures: PassFigures): PassFigures {
  return { ...figures, assignedSpawned: 0, tasksSpawned: 0 };
}
