import { sayReason } from '../../domain/reason.ts';
import type { AgentStatus, RunLine, Status } from '../scheduler-client.ts';
import { columns, duration, paragraph } from './print.ts';
import { figuresJson } from './show-pass.ts';

const SCHEDULER: Record<Status['scheduler'], string> = {
  running: 'running',
  paused: 'paused: nothing starts until `tinyscheduler resume`',
  'no-daemon': 'no daemon: nothing starts of its own accord (`npm start`, or `run --daemon`)',
  'never-started': 'not started yet (`npm start`, `run --daemon`, or `run --once`)',
};

/** Where everything stands, for people. `nowMs`: milliseconds since the epoch. */
export function statusText(status: Status, nowMs: number): string {
  const blocks = [`Scheduler: ${SCHEDULER[status.scheduler]}`];
  if (status.agents.length > 0) {
    const rows = status.agents.map((agent) => [
      agent.name,
      agent.queue ?? '-',
      `${agent.held}/${agent.limit}`,
      String(agent.waiting),
      agentState(agent),
    ]);
    blocks.push(columns([['AGENT', 'QUEUE', 'SLOTS', 'WAITING', 'STATE'], ...rows]));
  }
  blocks.push(
    ...runBlock('Running', status.running, nowMs),
    ...runBlock('Waiting for a slot', status.queued, nowMs),
  );
  blocks.push(
    ...runBlock('Backing off', status.backingOff, nowMs),
    ...runBlock('Parked', status.parked, nowMs),
  );
  if (status.waiting.length > 0) {
    const lines = status.waiting.map(({ taskId, reason }) => `  task ${taskId}: ${sayReason(reason)}`);
    const more = status.waitingTotal - status.waiting.length;
    if (more > 0) lines.push(`  and ${more} more; \`tinyscheduler explain TASK\` tells about each`);
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
  for (const problem of status.problems) blocks.push(paragraph(`Problem: ${problem}`));
  return blocks.join('\n\n');
}

/** The same as one JSON object, times in ISO 8601. */
export function statusJson(status: Status): Record<string, unknown> {
  const time = (ms: number) => new Date(ms).toISOString();
  const runs = (lines: RunLine[]) =>
    lines.map(({ taskId, agent, queue, attempt, startedAtMs }) => ({
      task_id: taskId,
      agent,
      queue,
      attempt,
      since: time(startedAtMs),
    }));
  return {
    scheduler: status.scheduler,
    paused: status.paused,
    daemon: status.daemon,
    agents: status.agents.map(({ name, queue, limit, held, waiting, paused, health }) => ({
      name,
      queue,
      held,
      limit,
      waiting,
      paused,
      health: health.state,
      ...(health.state === 'well' ? {} : { reason: health.reason, until: time(health.untilMs) }),
    })),
    running: runs(status.running),
    waiting_for_slot: runs(status.queued),
    backing_off: runs(status.backingOff),
    parked: runs(status.parked),
    waiting: status.waiting.map(({ taskId, reason }) => ({
      task_id: taskId,
      reason: reason.why,
      says: sayReason(reason),
    })),
    waiting_total: status.waitingTotal,
    last_pass:
      status.lastPass === null
        ? null
        : {
            at: time(status.lastPass.atMs),
            took_ms: status.lastPass.tookMs,
            by: status.lastPass.by,
            ...figuresJson(status.lastPass.figures),
          },
    problems: status.problems,
  };
}

export function agentState({ paused, health, limit }: AgentStatus): string {
  if (paused) return 'paused';
  if (health.state === 'cooling-down') return `cools down until ${clock(health.untilMs)}: ${health.reason}`;
  if (health.state === 'misconfigured') return `cannot run: ${health.reason}`;
  return limit === 0 ? 'no slots' : 'ready';
}

function clock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

function runBlock(title: string, runs: RunLine[], nowMs: number): string[] {
  if (runs.length === 0) return [];
  const lines = runs.map(
    (run) =>
      `  task ${run.taskId} on ${run.agent}, attempt ${Math.max(1, run.attempt)}, for ${duration(nowMs - run.startedAtMs)}`,
  );
  return [paragraph(`${title}:`, ...lines)];
}
