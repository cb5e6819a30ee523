import { z } from 'zod';
import { isoTime } from '../../../client/json/iso-time.ts';
import type { Look } from '../../../contract/listings.ts';
import type { AgentStatus } from '../../../contract/status.ts';
import { sayAgent } from '../../../words/agent.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayCounts, sayDaemon } from '../../../words/tool-answer.ts';
import { tasksIn } from '../../routes/tasks.ts';
import { countsOf } from './counts.ts';
import { short } from './rows.ts';
import { READ_AGE_MS, type Told, tool } from './tool.ts';

const nothing = z.strictObject({});
const MOST_AGENTS = 20;
const MOST_PROBLEMS = 5;

export const getStatus = tool({
  ...{ name: 'scheduler_get_status', scope: 'read', idempotent: true, shape: nothing },
  about: 'Statistics: tasks by status, agents with their slots, problems',
  run: async (_, { look }) => statusOf(await look.within(READ_AGE_MS)),
});

export const daemonStatus = tool({
  ...{ name: 'scheduler_daemon_status', scope: 'read', idempotent: true, shape: nothing },
  about: 'Whether the scheduler runs or is paused, and by whom; its last pass; the queue',
  run: async (_, { look }) => daemonOf(await look.within(READ_AGE_MS)),
});

function statusOf(look: Look): Told {
  const { status } = look;
  const counts = countsOf(tasksIn(look));
  const { agents } = status;
  const slots = agents.reduce((sum, { limit }) => sum + limit, 0);
  const held = agents.reduce((sum, { held: each }) => sum + each, 0);
  // Those that somebody waits for, or that give nothing, are of interest.
  const first = [...agents].sort((a, b) => b.waiting - a.waiting || b.held - a.held).slice(0, MOST_AGENTS);
  const problems = problemsOf(look);
  return {
    summary: `${sayCounts(counts)}; ${held} of ${slots} slots of ${agents.length} agents are taken. ${sayDaemon(status)}`,
    lines: [...first.map(agentLine), ...problems.map((problem) => `Problem: ${problem}`)],
    facts: {
      ...{ scheduler: status.scheduler, tasks: counts, slots, held },
      agents: first.map(({ name, queue, limit, held: has, waiting, ...agent }) => ({
        ...{ name, queue, limit, held: has, waiting },
        says: short(sayAgent({ name, queue, limit, held: has, waiting, ...agent })),
      })),
      ...{ agents_total: agents.length, problems },
    },
  };
}

const agentLine = (agent: AgentStatus) =>
  `Agent ${agent.name} (${agent.queue ?? 'no queue'}): ${agent.held} of ${agent.limit} slots, ${agent.waiting} wait; ${short(sayAgent(agent))}`;

function daemonOf(look: Look): Told {
  const { scheduler, daemon, paused, stopped, enabled, deeds = [], lastPass } = look.status;
  const counts = look.tasks === null ? null : countsOf(look.tasks);
  const problems = problemsOf(look);
  return {
    summary: `${sayDaemon(look.status)}${counts === null ? '' : ` ${sayCounts(counts)}.`}`,
    lines: problems.map((problem) => `Problem: ${problem}`),
    facts: {
      ...{ running: daemon !== null, scheduler, daemon, paused, stopped: stopped === true, enabled },
      by_hand: deeds.map(({ did, by, note, atMs }) => {
        return { did, by: by ?? null, note: note ?? null, at: isoTime(atMs) };
      }),
      last_pass: lastPass && {
        ...{ at: isoTime(lastPass.atMs), took_ms: lastPass.tookMs },
        ...{ started: lastPass.started.length, not_started: lastPass.waitingTotal },
      },
      ...{ tasks: counts, problems },
    },
  };
}

function problemsOf({ status }: Look): string[] {
  return sayProblems(status.problems)
    .slice(0, MOST_PROBLEMS)
    .map((problem) => short(problem));
}
