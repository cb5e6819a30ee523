import type { Client, QueryDefinition } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import { poolsOf } from '../../activities/policies.ts';
import { loadConfig } from '../../config/load.ts';
import type { SemaphoreMemo } from '../../contract/memos.ts';
import { planState, type SchedulerStatus, schedulerStatus } from '../../contract/messages.ts';
import type { OccurrenceMemo } from '../../contract/occurrence.ts';
import type { ScheduleMemo } from '../../contract/schedule.ts';
import type { Agent } from '../../domain/agent.ts';
import type { KnownOfAgent } from '../../domain/slots/agent-slots.ts';
import type { Hold } from '../../domain/slots/breaker.ts';
import type { Ledger } from '../../domain/slots/tokens.ts';
import type { Task } from '../../domain/task.ts';
import { clientOf, type DescribedRun } from './described-runs.ts';

/** Everything that the planner's answer depends on. */
export interface Place {
  tasks: Task[];
  agents: Agent[];
  mode?: 'legacy';
  runs?: DescribedRun[];
  /** What the semaphores know of agents, beyond the configuration. */
  known?: KnownOfAgent[];
  /** Queues that are paused. */
  pausedPools?: string[];
  /** Queues that are held. */
  holds?: Record<string, Hold>;
  /** Of the budget of each pool. */
  spentByPool?: Ledger;
  paused?: boolean;
  disabled?: boolean;
  /** Memos of schedules in trouble. */
  troubled?: ScheduleMemo[];
  /** Occurrences of schedules, by workflow id. */
  occurrences?: Record<string, { memo: OccurrenceMemo; status?: string }>;
  first?: number[];
  assignedByUs?: Record<string, { pool: string; agent: string }>;
}

export function configOf({ disabled }: Place) {
  const env = { TINYSCHEDULER_ENABLED: String(disabled !== true), TINYSCHEDULER_HEARTBEAT_SEC: '30' };
  return loadConfig({ env, cwd: '/nowhere' }).config;
}

export function registryOf({ agents, mode = 'queue' }: { agents: Agent[]; mode?: 'queue' | 'legacy' }) {
  return { agents, mode, warnings: [] };
}

/** gRPC's DEADLINE_EXCEEDED. */
function nobodyAnswers(): Error {
  return Object.assign(new Error('no worker'), { code: 4, details: '', metadata: {} });
}

/** A server on which all of this is so. `answer`: what the scheduler says of itself, where a daemon lives. */
export function serverOf(place: Place, answer?: Partial<SchedulerStatus>): Client {
  const { runs = [], paused = false, disabled = false, first = [], assignedByUs = {}, troubled = [] } = place;
  const ofRuns = clientOf(() => runs);
  const semaphores = semaphoresOf(place);
  const state = { first, assignedByUs };
  const watch = {
    activityType: { name: 'watch' },
    lastHeartbeatTime: msToTs(Date.now()),
    lastWorkerIdentity: '1@here',
  };
  const scheduler = {
    ...{ workflowId: 'scheduler', runId: 'r', status: { name: 'RUNNING' } },
    memo: { paused, enabled: !disabled },
    raw: { pendingActivities: answer === undefined ? [] : [watch] },
  };
  const describe = async (id: string) => {
    if (id === 'scheduler') return scheduler;
    const occurrence = place.occurrences?.[id];
    if (occurrence !== undefined) {
      const { memo, status: name = 'RUNNING' } = occurrence;
      return {
        workflowId: id,
        runId: 'r',
        type: 'scheduledRun',
        status: { name },
        memo: { occurrence: memo },
      };
    }
    const semaphore = semaphores.get(id);
    if (semaphore === undefined) throw new WorkflowNotFoundError('none', id, undefined);
    const status = { name: 'RUNNING' };
    return { workflowId: id, runId: 'r', status, memo: { semaphore }, raw: {} };
  };
  const query = async ({ name }: QueryDefinition<unknown>) => {
    if (answer !== undefined && name === schedulerStatus.name) return answer;
    if (answer !== undefined && name === planState.name) return state;
    throw nobodyAnswers();
  };
  const began = { input: { payloads: [defaultPayloadConverter.toPayload(state)] } };
  const fetchHistory = async () => ({ events: [{ workflowExecutionStartedEventAttributes: began }] });
  const getHandle = (id: string) =>
    id.startsWith('task-')
      ? { ...ofRuns.workflow.getHandle(id), query }
      : { describe: () => describe(id), query, fetchHistory, signal: async () => undefined };
  const list = async function* ({ query: text }: { query: string }) {
    if (text.includes('"runTask"')) yield* ofRuns.workflow.list();
    else if (text.includes('"schedule"'))
      for (const memo of troubled) yield { workflowId: `schedule-${memo.schedule.definition.name}`, memo };
    else if (text.startsWith('WorkflowId')) yield* ofRuns.workflow.list({ query: text });
    else for (const [workflowId, semaphore] of semaphores) yield { workflowId, memo: { semaphore } };
  };
  const withDeadline = (_untilMs: number, work: () => Promise<unknown>) => work();
  const events = [{ workflowExecutionStartedEventAttributes: {} }];
  return {
    workflow: { getHandle, list, count: async () => ({ count: troubled.length }) },
    connection: { withDeadline },
    withDeadline,
    options: { namespace: 'default' },
    workflowService: { getWorkflowExecutionHistory: async () => ({ history: { events } }) },
  } as unknown as Client;
}

function semaphoresOf(place: Place): Map<string, SemaphoreMemo> {
  const { paused = false, disabled = false, known = [], pausedPools = [], holds = {}, spentByPool } = place;
  const pools = poolsOf(configOf(place), registryOf(place), Date.now());
  return new Map(
    [...pools].map(([semaphore, policy]) => {
      const has = ({ name }: KnownOfAgent) => policy.agents.some((agent) => agent.name === name);
      const hold = holds[semaphore.slice(5)];
      return [
        semaphore,
        {
          ...{ policy, paused: pausedPools.includes(semaphore.slice(5)) },
          ...{ schedulerPaused: paused || disabled, fencesFrom: 0 },
          ...{ agents: known.filter(has), complaints: [] },
          ...(hold && { hold }),
          ...(spentByPool && { tokens: spentByPool }),
        },
      ];
    }),
  );
}
