import { calledAs } from '../../../config/called-as.ts';
import type { PassFigures, PassReport } from '../../../contract/pass.ts';
import { sayWarnings } from '../../../words/pass.ts';
import { sayWaiting } from '../../../words/reason.ts';
import { nothingSpawned } from '../../json/pass.ts';
import { paragraph } from './print.ts';

/** With the labels of the Python version, which operators grep for. */
const NAMES: [keyof PassFigures, string][] = [
  ['leasesScanned', 'Leases scanned'],
  ['leasesReclaimed', 'Leases reclaimed'],
  ['unassignedMatched', 'Unassigned tasks matched'],
  ['assignedSpawned', 'Already-assigned tasks spawned'],
  ['tasksSpawned', 'Total tasks spawned'],
  ['blockedSkipped', 'Blocked tasks skipped'],
  ['errors', 'Errors'],
];

/** A pass for people: its figures, what it started, and why each other task did not start. */
export function passText(report: PassReport, { dryRun = false } = {}): string {
  const figures = dryRun ? nothingSpawned(report.figures) : report.figures;
  const rows: [string, number][] = NAMES.map(([key, name]) => [name, figures[key]]);
  if (dryRun) rows.push(['Tasks that would be spawned', report.figures.tasksSpawned]);
  const lines = rows.map(([name, figure]) => `${`${name}:`.padEnd(32)}${figure}`);
  const verb = dryRun ? 'would start' : 'started';
  if (report.started.length > 0) lines.push('');
  for (const { taskId, agent, queue } of report.started)
    lines.push(`task ${taskId} ${verb} ${agent === null ? `in queue "${queue}"` : `on ${agent}`}`);
  if (report.waiting.length > 0) lines.push('', `Not ${dryRun ? 'to be ' : ''}started:`);
  for (const task of report.waiting) lines.push(`  task ${task.taskId}: ${sayWaiting(task)}`);
  const more = report.waitingTotal - report.waiting.length;
  if (more > 0) lines.push(`  and ${more} more; \`${calledAs()} explain TASK\` tells about each`);
  for (const warning of sayWarnings(report)) lines.push('', `Warning: ${warning}`);
  for (const error of report.errors) lines.push('', `Error: ${error}`);
  return paragraph(...lines);
}
