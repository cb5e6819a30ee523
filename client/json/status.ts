import type { Deed } from '../../contract/by-hand.ts';
import type { AgentStatus, RunLine, Status } from '../../contract/status.ts';
import { sayProblems } from '../../words/problem.ts';
import { sayWhy } from '../../words/run.ts';
import { budgetJson } from './budget.ts';
import { holdJson } from './hold.ts';
import { isoTime } from './iso-time.ts';
import { figuresJson } from './pass.ts';
import { waitingJson } from './waiting.ts';

/** Of the tasks that wait, the head of the order is shown. */
export const WAITING_SHOWN = 20;

/** Where everything stands, as one JSON object, times in ISO 8601. */
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
    agents: status.agents.map(agentStatusJson),
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
    api: status.api ? { url: status.api.url, token_required: status.api.tokenRequired } : null,
    problems: sayProblems(status.problems),
  };
}

/** An agent as `status` and events tell of it, times in ISO 8601. */
export function agentStatusJson(agent: AgentStatus): Record<string, unknown> {
  const { name, queue, held, limit, waiting, health } = agent;
  return {
    ...{ name, queue, held, limit, waiting },
    paused: agent.paused || agent.poolPaused,
    stopped: agent.stopped === true || agent.poolStopped === true,
    ...(agent.poolHold && { pool_hold: holdJson(agent.poolHold) }),
    ...(agent.leaving && { leaving: true }),
    ...(agent.budget && { budget: budgetJson(agent.budget) }),
    ...(agent.poolBudget && { pool_budget: budgetJson(agent.poolBudget) }),
    health: health.state,
    ...(health.state === 'well'
      ? {}
      : { reason: health.reason, until: isoTime(health.untilMs), probing: health.probing === true }),
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
