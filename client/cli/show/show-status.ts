import { calledAs } from '../../../config/called-as.ts';
import type { RunLine, Status } from '../../../contract/status.ts';
import { sayAgent } from '../../../words/agent.ts';
import { sayDeed } from '../../../words/deed.ts';
import { duration } from '../../../words/duration.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayWaiting } from '../../../words/reason.ts';
import { sayRun } from '../../../words/run.ts';
import { sayScheduler } from '../../../words/scheduler.ts';
import { WAITING_SHOWN } from '../../json/status.ts';
import { paragraph } from './print.ts';
import { table } from './table.ts';

/** Where everything stands, for people. `nowMs`: milliseconds since the epoch. `across`: columns of the terminal. */
export function statusText(status: Status, nowMs: number, across?: number): string {
  const undone = (status.deeds ?? []).filter(({ did }) => did === 'resume' || did === 'start-agents');
  const blocks = [
    paragraph(`Scheduler: ${sayScheduler(status)}`, ...undone.map((deed) => `  ${sayDeed(deed)}`)),
  ];
  if (status.agents.length > 0) {
    const rows = status.agents.map((agent) => [
      agent.name,
      agent.queue ?? '-',
      `${agent.held}/${agent.limit}`,
      String(agent.waiting),
      sayAgent(agent),
    ]);
    blocks.push(table([['AGENT', 'QUEUE', 'SLOTS', 'WAITING', 'STATE'], ...rows], across));
  }
  blocks.push(
    ...runBlock('Running', status.running, nowMs),
    ...runBlock('Interrupted', status.interrupted, nowMs),
    ...runBlock('In line', status.queued, nowMs),
  );
  blocks.push(
    ...runBlock('Backing off', status.backingOff, nowMs),
    ...runBlock('Parked', status.parked, nowMs),
  );
  if (status.waiting.length > 0) {
    const shown = status.waiting.slice(0, WAITING_SHOWN);
    const lines = shown.map((task) => `  task ${task.taskId}: ${sayWaiting(task)}`);
    const more = status.waiting.length - shown.length;
    if (more > 0) lines.push(`  and ${more} more; \`${calledAs()} explain TASK\` tells about each`);
    blocks.push(paragraph('Waiting:', ...lines));
  }
  const { lastPass } = status;
  if (lastPass !== null) {
    const { errors, tasksSpawned } = lastPass.figures;
    blocks.push(
      paragraph(
        `Last pass: ${duration(nowMs - lastPass.atMs)} ago, ${lastPass.tookMs} ms, ${tasksSpawned} started, ${errors} errors, by ${lastPass.by}`,
      ),
    );
  }
  if (status.api !== undefined)
    blocks.push(paragraph(`API: ${status.api.url}${status.api.tokenRequired ? ', with a token' : ''}`));
  for (const problem of sayProblems(status.problems)) blocks.push(paragraph(`Problem: ${problem}`));
  return blocks.join('\n\n');
}

function runBlock(title: string, runs: RunLine[], nowMs: number): string[] {
  if (runs.length === 0) return [];
  const lines = runs.map((run) => `  task ${run.taskId} ${sayRun(run)}${sayAge(run, nowMs)}`);
  return [paragraph(`${title}:`, ...lines)];
}

/** Since when goose runs is known; of any other state that its run began then, and it may have been in others since. */
function sayAge({ state, sinceMs }: RunLine, nowMs: number): string {
  const age = duration(nowMs - sinceMs);
  return state === 'running' ? `, for ${age}` : `; its run began ${age} ago`;
}
