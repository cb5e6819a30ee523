import { calledAs } from '../../../config/called-as.ts';
import type { Deed } from '../../../contract/by-hand.ts';
import type { RunLine, Status } from '../../../contract/status.ts';
import { sayAgent } from '../../../words/agent.ts';
import { sayDeed } from '../../../words/deed.ts';
import { duration } from '../../../words/duration.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayWaiting } from '../../../words/reason.ts';
import { sayRun, sayWhy } from '../../../words/run.ts';
import { sayScheduler } from '../../../words/scheduler.ts';
import { budgetJson } from './budget-json.ts';
import { holdJson } from './hold-json.ts';
import { isoTime } from './iso-time.ts';
import { paragraph } from './print.ts';
import { figuresJson } from './show-pass.ts';
import { table } from './table.ts';
import { waitingJson } from './waiting-json.ts';

/** Of the tasks that wait, the head of the order is shown. */
const WAITING_SHOWN = 20;

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
  for (const problem of sayProblems(status.problems)) blocks.push(paragraph(`Problem: ${problem}`));
  return blocks.join('\n\n');
}

/** The same as one JSON object, times in ISO 8601. */
export function statusJson(status: Status): Record<string, unknown> {
  const runs = (lines: RunLine[]) =>
    lines.map((run) => {
      const { taskId, agent, queue, state, attempt, sinceMs, waits } = run;
      const why = sayWhy(run);
      return {
        ...{ task_id: taskId, agent, queue, state, attempt, since: isoTime(sinceMs) },
        ...(waits && { reason: waits.reason.why }),
        ...(why !== undefined && { why }),
      };
    });
  return {
    scheduler: status.scheduler,
    paused: status.paused,
    stopped: status.stopped === true,
    by_hand: byHandJson(status),
    enabled: status.enabled,
    daemon: status.daemon,
    agents: status.agents.map(({ name, queue, limit, held, waiting, health, ...agent }) => ({
      ...{ name, queue, held, limit, waiting },
      paused: agent.paused || agent.poolPaused,
      stopped: agent.stopped === true || agent.poolStopped === true,
      ...(agent.poolHold && { pool_hold: holdJson(agent.poolHold) }),
      ...(agent.leaving && { leaving: true }),
      ...(agent.budget && { budget: budgetJson(agent.budget) }),
      ...(agent.poolBudget && { pool_budget: budgetJson(agent.poolBudget) }),
      health: health.state,
      ...(health.state === 'well' ? {} : { reason: health.reason, until: isoTime(health.untilMs) }),
    })),
    running: runs(status.running),
    interrupted: runs(status.interrupted),
    waiting_for_slot: runs(status.queued),
    backing_off: runs(status.backingOff),
    parked: runs(status.parked),
    waiting: status.waiting.slice(0, WAITING_SHOWN).map(waitingJson),
    waiting_total: status.waiting.length,
    last_pass:
      status.lastPass === null
        ? null
        : {
            at: isoTime(status.lastPass.atMs),
            took_ms: status.lastPass.tookMs,
            by: status.lastPass.by,
            ...figuresJson(status.lastPass.figures),
          },
    problems: sayProblems(status.problems),
  };
}

/** Who did what, each the last of its kind. */
function byHandJson({ deeds = [], agents }: Status): Record<string, unknown>[] {
  const json = ({ did, agent, by, note, atMs }: Deed, queue: string | null) => {
    return {
      did,
      agent: agent ?? null,
      queue,
      by: by ?? null,
      note: note ?? null,
      at: new Date(atMs).toISOString(),
    };
  };
  const all = agents.flatMap(({ deeds: own = [], queue }) => own.map((deed) => json(deed, queue)));
  // That of a pool is told with each of its agents.
  const each = new Map(
    [...deeds.map((deed) => json(deed, null)), ...all].map((deed) => [JSON.stringify(deed), deed]),
  );
  return [...each.values()];
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
