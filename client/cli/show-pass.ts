import type { PassFigures, PassReport } from '../../domain/pass.ts';
import { sayReason } from '../../domain/reason.ts';
import { paragraph } from './print.ts';

const NAMES: [keyof PassFigures, string][] = [
  ['leasesScanned', 'Leases scanned'],
  ['leasesReclaimed', 'Leases reclaimed'],
  ['unassignedMatched', 'Unassigned matched'],
  ['assignedSpawned', 'Assigned spawned'],
  ['tasksSpawned', 'Tasks spawned'],
  ['blockedSkipped', 'Blocked tasks skipped'],
  ['errors', 'Errors'],
];

/** A pass for people: its figures, what it started, and why each other task did not start. */
export function passText(report: PassReport, { dryRun = false } = {}): string {
  const lines = NAMES.map(([key, name]) => `${`${name}:`.padEnd(24)}${report.figures[key]}`);
  const verb = dryRun ? 'would start' : 'started';
  if (report.started.length > 0) lines.push('');
  for (const { taskId, agent } of report.started) lines.push(`task ${taskId} ${verb} on ${agent}`);
  if (report.waiting.length > 0) lines.push('', `Not ${dryRun ? 'to be ' : ''}started:`);
  for (const { taskId, reason } of report.waiting) lines.push(`  task ${taskId}: ${sayReason(reason)}`);
  const more = report.waitingTotal - report.waiting.length;
  if (more > 0) lines.push(`  and ${more} more; \`tinyscheduler explain TASK\` tells about each`);
  for (const warning of report.warnings) lines.push('', `Warning: ${warning}`);
  for (const error of report.errors) lines.push('', `Error: ${error}`);
  return paragraph(...lines);
}

/** The same as one JSON object; keys as the Python version logs them. */
export function passJson(report: PassReport, { dryRun = false } = {}): Record<string, unknown> {
  return {
    at: new Date(report.atMs).toISOString(),
    took_ms: report.tookMs,
    dry_run: dryRun,
    ...figuresJson(report.figures),
    started: report.started.map(({ taskId, agent }) => ({ task_id: taskId, agent })),
    not_started: report.waiting.map(({ taskId, reason }) => ({
      task_id: taskId,
      reason: reason.why,
      says: sayReason(reason),
    })),
    not_started_total: report.waitingTotal,
    warnings: report.warnings,
    error_messages: report.errors,
    by: report.by,
  };
}

export function figuresJson(figures: PassFigures): Record<string, number> {
  const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(NAMES.map(([key]) => [snakeCase(key), figures[key]]));
}
