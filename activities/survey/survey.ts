import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { SurveyActivities } from '../../contract/activities.ts';
import {
  figuresOf,
  MAX_TOLD,
  openRunOf,
  type PassReport,
  packRuns,
  SENTENCES_SHOWN,
  type SurveyInput,
  type SurveyResult,
  unpackRuns,
  WAITING_SHOWN,
} from '../../contract/pass.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import { cutTexts, firstOf } from '../../domain/cut.ts';
import { agentLine, type PoolKnown } from '../../domain/plan/agent-line.ts';
import { candidates } from '../../domain/plan/candidates.ts';
import { changedTasks } from '../../domain/plan/changed-tasks.ts';
import { type InForce, planInput } from '../../domain/plan/input.ts';
import { changedOrder } from '../../domain/plan/line-order.ts';
import { plan } from '../../domain/plan/plan.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import { processName } from '../../os/process-name.ts';
import { nowServes } from '../../temporal/serves.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { sayCycle } from '../../words/reason.ts';
import type { Tell } from '../events.ts';
import { runSettings } from '../policies.ts';
import { serverClock } from '../server-clock.ts';
import { askSemaphores, lookAtHolders, tryAgain } from '../slots/ask-semaphores.ts';
import { configInForce, fingerprintOf, registryMark, twoDaemons } from './in-force.ts';
import { prepareStarts } from './prepare-starts.ts';
import { reclaim } from './reclaim.ts';
import { reconcile } from './reconcile.ts';

export interface SurveyDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
  tell: Tell;
}

const SHORTEST_INTERVAL_MS = 1_000;
/** The fingerprint of what could start, when TinyTask did not answer. */
const NOT_SEEN = '';

export function surveyActivities(deps: SurveyDeps): SurveyActivities {
  return {
    async survey(input) {
      const { full, paused } = input;
      deps.tell({ what: 'pass-began', full, by: processName() });
      const result = bounded(await survey(deps, input));
      const { agents, report, fingerprint } = result;
      deps.tell({
        ...{ what: 'pass-ended', full, paused, report, enabled: deps.config.enabled },
        sawTasks: fingerprint !== NOT_SEEN,
        agents,
      });
      return result;
    },
  };
}

/** What it quotes of tasks and files is of any length, and travels through the scheduler's history. */
function bounded(result: SurveyResult): SurveyResult {
  const { agents, report } = result;
  const errors = firstOf(report.errors, SENTENCES_SHOWN);
  const warnings = firstOf(report.warnings, SENTENCES_SHOWN);
  return { ...result, agents: cutTexts(agents), report: cutTexts({ ...report, errors, warnings }) };
}

async function survey(deps: SurveyDeps, input: SurveyInput): Promise<SurveyResult> {
  const { config } = deps;
  const began = performance.now();
  const now = serverClock();
  // By the server's clock: what several hosts find out is compared by it.
  const startedAtMs = now();
  const held = input.paused || !config.enabled;
  const registry = await deps.loadAgents();
  const errors: string[] = [];
  const warnings = [...registry.warnings];

  const open = await deps.tinytask.listOpen().catch((error: Error) => {
    errors.push(error.message);
    return undefined;
  });
  const serves = await nowServes(deps, input.serves, open);
  deps.tell({ what: 'tinytask', problem: errors[0] ?? null });
  const believed = unpackRuns(input.runs);
  const found = input.full ? await reconcile(deps.client, input.last === null ? null : believed) : undefined;
  const runs = found?.runs ?? believed;
  const asked = input.full ? await askSemaphores(deps, registry, held) : undefined;
  const pools: Record<string, PoolKnown> = asked
    ? Object.fromEntries(asked.map(({ semaphore, paused, agents }) => [semaphore, { paused, agents }]))
    : input.pools;
  const agents = registry.agents.map((agent) => agentLine(agent, pools[semaphoreOf(agent)]));
  const semaphores = asked?.map(({ semaphore }) => semaphore) ?? null;
  const unawareOfPause = (asked ?? []).flatMap(({ semaphore, schedulerPaused }) =>
    schedulerPaused === held ? [] : [semaphore],
  );
  if (input.full && input.last?.by !== processName()) await tryAgain(deps.client, agents);
  await Promise.all((found?.ofLostRuns ?? []).map((semaphore) => lookAtHolders(deps.client, semaphore)));
  const { loopIntervalMs } = config;
  const inForce: InForce = {
    mode: registry.mode,
    enabled: config.enabled,
    blockingDisabled: config.disableBlocking,
  };
  const base = {
    ...{ agents, semaphores, inForce, serves, unawareOfPause, loopIntervalMs },
    pools: asked ? pools : null,
    settings: runSettings(config),
    registry: registryMark(registry),
  };
  const by = processName();
  const configMark = configInForce(config, registry.agents);
  warnings.push(...twoDaemons(input.last, by, configMark));
  const report = (change: Partial<PassReport>): PassReport => ({
    atMs: startedAtMs,
    tookMs: Math.round(performance.now() - began),
    started: [],
    waiting: [],
    waitingTotal: 0,
    errors,
    warnings,
    by,
    config: configMark,
    ...change,
    figures: {
      leasesScanned: runs.length,
      leasesReclaimed: 0,
      unassignedMatched: 0,
      assignedSpawned: 0,
      tasksSpawned: 0,
      blockedSkipped: 0,
      errors: errors.length,
      ...change.figures,
    },
  });
  if (open === undefined) {
    const { assignedByUs, first } = input;
    const counts = { idle: 0, working: 0, waiting: 0 };
    const nothing = {
      starts: [],
      closing: [],
      changed: [],
      told: input.told,
      moreChanged: false,
      misplaced: [],
      order: {},
      ranks: input.ranks,
      fingerprint: NOT_SEEN,
      assignedByUs,
      first,
      counts,
    };
    return { ...base, ...nothing, report: report({}), runs: packRuns(runs) };
  }

  const taken = input.full
    ? await reclaim(deps, open, runs, errors, now)
    : { tasks: open, reclaimed: 0, dying: {} };
  const { tasks } = taken;
  const planned = plan(
    planInput({
      tasks,
      agents,
      openRuns: runs,
      inForce,
      remembered: input,
      dying: taken.dying,
      lookAhead: input.once ? 0 : config.waitingPerAgent,
      nowMs: now(),
    }),
  );
  const { starts, stillOpen, closing } = await prepareStarts(deps, planned.starts, input.assignedByUs);
  deps.tell({
    ...{ what: 'planned', full: input.full, registry, agents, tasks, runs, starts },
    waiting: planned.waiting,
  });
  const runsNow = [...runs, ...stillOpen];
  const openIds = new Set(tasks.map((task) => task.id));
  const idle = new Set(tasks.flatMap((task) => (task.status === 'idle' ? [task.id] : [])));
  const started = new Set(starts.map((start) => start.task.id));
  warnings.push(...planned.cycles.map(sayCycle));

  // Of a run that was reset at its attempt, `working` for as long as the next one waits. It sets that right itself.
  const leftWorking = tasks.flatMap(({ id, status }) =>
    status === 'working' && found?.resting.has(id) ? [id] : [],
  );
  const { changed, told, more } = changedTasks(tasks, runs, {
    misplaced: new Set(planned.misplaced),
    ...{ full: input.full, createdAt: found?.createdAt, told: input.told, most: MAX_TOLD },
  });

  return {
    ...base,
    loopIntervalMs: untilNextPassMs(loopIntervalMs, taken.dying, now()),
    starts,
    closing,
    runs: input.full || stillOpen.length > 0 ? packRuns(runsNow) : null,
    assignedByUs: Object.fromEntries(
      Object.entries(input.assignedByUs).filter(
        ([id]) => openIds.has(Number(id)) && !started.has(Number(id)),
      ),
    ),
    changed: [...new Set([...changed, ...leftWorking.slice(0, MAX_TOLD)])],
    told,
    moreChanged: more,
    misplaced: planned.misplaced,
    ...changedOrder(planned.inLine, input.ranks),
    // Until it runs: its run in line keeps its place by the ranks of each look.
    first: input.first.filter((id) => idle.has(id)),
    fingerprint: fingerprintOf(candidates(tasks, [...runsNow, ...starts.map(openRunOf)])),
    counts: {
      idle: idle.size,
      working: tasks.filter((task) => task.status === 'working').length,
      waiting: planned.waiting.length,
    },
    report: report({
      waiting: planned.waiting.slice(0, WAITING_SHOWN),
      waitingTotal: planned.waiting.length,
      figures: figuresOf({
        planned,
        starts,
        scanned: runs.length,
        reclaimed: taken.reclaimed,
        errors: errors.length,
      }),
    }),
  };
}

/** A task that is to be reclaimed at a known time does not wait a whole interval longer. */
function untilNextPassMs(loopIntervalMs: number, dying: Record<string, number>, nowMs: number): number {
  const dueMs = Math.min(...Object.values(dying)) - nowMs;
  return Math.min(loopIntervalMs, Math.max(SHORTEST_INTERVAL_MS, dueMs));
}
