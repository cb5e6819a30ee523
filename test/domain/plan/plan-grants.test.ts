import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Plan } from '../../../domain/plan/decision.ts';
import { plan } from '../../../domain/plan/plan.ts';
import { grantDue } from '../../../domain/slots/grant.ts';
import { request } from '../../../domain/slots/line.ts';
import { newPool, type Pool } from '../../../domain/slots/pool.ts';
import { AGENTS, anyAgent, anyHealth, seldom } from '../../support/any-plan.ts';
import { atWork, lineRunOf, NOW_MS, type PlanDraft, planInput, taskOf } from '../../support/tasks.ts';

/** A pool of which everything is known: who works, who is in line, and how its agents are. */
const anyPool = fc.record({
  agents: fc
    .uniqueArray(
      fc.record({ name: fc.constantFrom(...AGENTS), limit: fc.nat({ max: 3 }), works: fc.nat({ max: 3 }) }),
      { selector: (agent) => agent.name, minLength: 1 },
    )
    .map((agents) => agents.map((agent) => ({ ...agent, queue: 'dev' }))),
  health: fc.dictionary(fc.constantFrom(...AGENTS), anyHealth, { noNullPrototype: true }),
  pausedAgents: fc.subarray(AGENTS, { maxLength: 1 }),
  pausedPools: fc.constantFrom([], [], [], ['dev']),
  line: fc.array(
    fc.record({
      wants: seldom<string | null>(3, null, anyAgent),
      priority: fc.nat({ max: 3 }),
    }),
    { maxLength: 10 },
  ),
  lookAhead: fc.nat({ max: 2 }),
});

test('a slot is said to be due to those to whom the semaphore gives one', () => {
  fc.assert(
    fc.property(anyPool, ({ agents, line, ...rest }) => {
      const names = agents.map(({ name }) => name);
      const inLine = line.filter(({ wants }) => wants === null || names.includes(wants));
      const tasks = inLine.map(({ wants, priority }, at) => {
        return taskOf(at + 1, { queue: 'dev', assignedTo: wants, priority });
      });
      const work = agents.map(({ name, works }, at) =>
        atWork(name, ...Array.from({ length: works }, (_, each) => 100 * (at + 1) + each)),
      );
      const made = plan(
        planInput({
          ...rest,
          agents: agents.map(({ name, limit, queue }) => ({ name, limit, queue })),
          tasks: [...tasks, ...work.flatMap((each) => each.tasks)],
          openRuns: [
            ...inLine.map(({ wants }, at) => lineRunOf(at + 1, { wants })),
            ...work.flatMap((each) => each.openRuns),
          ],
        }),
      );
      const due = made.inLine.filter(({ reason }) => reason.why === 'slot-due').map(({ taskId }) => taskId);
      expect(due).toEqual(granted(poolWith(agents, rest), made, inLine));
    }),
    { numRuns: 500 },
  );
});

function poolWith(
  agents: { name: string; limit: number; works: number }[],
  { health, pausedAgents, pausedPools }: Pick<PlanDraft, 'health' | 'pausedAgents' | 'pausedPools'>,
): Pool {
  const policy = { heartbeatTimeoutMs: 1, coolDownMs: 1, coolDownMaxMs: 1, passIntervalMs: 1 };
  const pool = newPool({
    ...policy,
    agents: agents.map(({ name, limit }) => ({ name, limit, gooseQueue: '' })),
  });
  pool.paused = pausedPools.length > 0;
  for (const agent of pool.agents) {
    agent.paused = pausedAgents.includes(agent.name);
    agent.health = health[agent.name] ?? agent.health;
  }
  pool.holders = agents.flatMap(({ name: agent, works }) =>
    Array.from({ length: works }, (_, at) => ({
      ...{ workflowId: `${agent}-${at}`, runId: 'r', agent, fence: 1, sinceMs: NOW_MS },
    })),
  );
  return pool;
}

/** The tasks whose run the semaphore gives a slot, best first. */
function granted(pool: Pool, { inLine }: Plan, line: { wants: string | null }[]): number[] {
  for (const { taskId, rank } of inLine) {
    const wants = line[taskId - 1]?.wants ?? null;
    const run = { workflowId: `task-${taskId}`, runId: 'r' };
    request(pool, { ...run, rank, rankedAtMs: NOW_MS, wants }, NOW_MS);
  }
  return grantDue(pool, NOW_MS).map(({ workflowId }) => Number(workflowId.slice('task-'.length)));
}
