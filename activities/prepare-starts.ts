import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { gooseQueue } from '../domain/ids.ts';
import type { DueStart, SurveyInput } from '../domain/pass.ts';
import type { OpenRun, Start } from '../domain/plan.ts';
import { type LastWords, pastOf } from './past.ts';

const CLOSING_MS = 1_000;

/** Adds what the last run of each task left, and drops starts of tasks that turn out to have an open run. */
export async function prepareStarts(
  deps: { client: Client; config: Config },
  starts: Start[],
  registry: AgentRegistry,
  assignedByUs: SurveyInput['assignedByUs'],
) {
  const hostGroups = new Map(registry.agents.map((agent) => [agent.name, agent.hostGroup]));
  const stillOpen: OpenRun[] = [];
  const due = await Promise.all(
    starts.map(async (start): Promise<DueStart[]> => {
      const last = await pastOnceClosed(deps, start);
      if (last.open !== undefined) {
        stillOpen.push(last.open);
        return [];
      }
      const { past, notBeforeMs } = last;
      const before = start.pool === null ? undefined : assignedByUs[String(start.task.id)]?.agent;
      const takesOverFrom = before === undefined || before === start.agent ? null : before;
      return [
        { ...start, takesOverFrom, past, notBeforeMs, gooseQueue: gooseQueue(hostGroups.get(start.agent)) },
      ];
    }),
  );
  return { starts: due.flat(), stillOpen };
}

/** The scheduler takes the task's run for ended; one that has just said so needs a moment to close. */
async function pastOnceClosed(
  { client, config }: { client: Client; config: Config },
  { task }: Start,
): Promise<LastWords> {
  const untilMs = Date.now() + CLOSING_MS;
  for (;;) {
    const last = await pastOf(client, task, config.heartbeatTimeoutMs);
    if (last.open?.state !== 'active' || Date.now() >= untilMs) return last;
    await sleep(CLOSING_MS / 10);
  }
}
