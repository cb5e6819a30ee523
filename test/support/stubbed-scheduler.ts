import { join } from 'node:path';
import type { SurveyActivities, WatchActivities } from '../../contract/activities.ts';
import { DAEMON_QUEUE, MAIN_QUEUE } from '../../contract/ids.ts';
import type { SurveyInput, SurveyResult } from '../../contract/pass.ts';
import { workflowSource } from '../../workers/workflow-source.ts';
import { buildOnce, WORKFLOW_BUNDLE } from './build.ts';
import { startTestWorkers } from './test-workers.ts';

/** What a survey with nothing to do answers. */
export function surveyResult(input: SurveyInput, change: Partial<SurveyResult> = {}): SurveyResult {
  const figures = { leasesScanned: 0, leasesReclaimed: 0, unassignedMatched: 0, assignedSpawned: 0 };
  return {
    report: {
      ...{ atMs: Date.now(), tookMs: 1, started: [], waiting: [], waitingTotal: 0, errors: [], warnings: [] },
      ...{ by: 'stub', config: '', figures: { ...figures, tasksSpawned: 0, blockedSkipped: 0, errors: 0 } },
    },
    starts: [],
    settings: {
      ...{ maxAttempts: 3, backOffMs: 1_000, backOffMaxMs: 1_000, maxWorkerLosses: 3, maxRunsInARow: 3 },
      ...{ maxRuntimeMs: 60_000, killGraceMs: 1_000, heartbeatTimeoutMs: 15_000 },
    },
    runs: null,
    assignedByUs: {},
    ...{
      changed: [],
      toldChanges: input.toldChanges,
      moreChanged: false,
      closing: [],
      misplaced: [],
      first: [],
    },
    ...{
      order: {},
      ranks: {},
      agents: { kinds: [], agents: [] },
      agentsMark: '',
      semaphores: null,
      pools: null,
    },
    inForce: { mode: 'queue', enabled: true, blockingDisabled: false },
    registry: '',
    serves: { host: 'stub', basePath: '/', stateDir: '/', tinytask: '', mark: null },
    ...{ unawareOfPause: [], fingerprint: '', loopIntervalMs: 60_000 },
    counts: { idle: 0, working: 0, waiting: 0 },
    ...change,
  };
}

/** Workers with our workflows and these activities in place of ours; end them with `stop`. */
export async function startStubbed(
  address: string,
  activities: Partial<SurveyActivities & WatchActivities> & Record<string, (...args: never[]) => unknown>,
  { daemon }: { daemon: boolean },
): Promise<{ stop(): Promise<void> }> {
  const bundle = join(await buildOnce(), WORKFLOW_BUNDLE);
  return startTestWorkers(
    address,
    { activities, taskQueue: MAIN_QUEUE, ...workflowSource(bundle) },
    ...(daemon ? [{ activities, taskQueue: DAEMON_QUEUE }] : []),
  );
}
