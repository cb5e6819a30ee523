import type { SurveyInput } from '../../contract/pass.ts';
import type { Plan } from '../../domain/plan/decision.ts';
import { planInput } from '../../domain/plan/input.ts';
import { plan } from '../../domain/plan/plan.ts';
import type { Task } from '../../domain/task.ts';
import { startStopwatch } from '../../os/stopwatch.ts';
import type { Findings, SurveyDeps } from './findings.ts';
import { inForceOf } from './in-force.ts';
import { type PreparedStarts, prepareStarts } from './prepare-starts.ts';
import { type Reclaimed, reclaim } from './reclaim.ts';

/** What a survey has decided about the open tasks. */
export interface Decisions extends PreparedStarts {
  /** The open tasks, those that were taken back as they are now. */
  tasks: readonly Task[];
  reclaimed: Omit<Reclaimed, 'tasks'>;
  planned: Plan;
  /** For the server and for TinyTask. */
  waitedMs: number;
}

/** Takes back what lost runs left `working`, plans, and looks up what the last runs left for the ones that start now. */
export async function decide(
  deps: SurveyDeps,
  input: SurveyInput,
  { open, found, now }: { open: readonly Task[]; found: Findings; now: () => number },
): Promise<Decisions> {
  const { config, tell } = deps;
  const { registry, agents, runs } = found;
  const reclaimMs = startStopwatch();
  const { tasks, ...reclaimed } = input.full
    ? await reclaim(deps, { tasks: open, runs, now })
    : { tasks: open, count: 0, dying: {}, errors: [] };
  const reclaimedMs = reclaimMs();
  const inForce = inForceOf(config, registry);
  const planned = plan(
    planInput({
      ...{ tasks, agents, inForce, openRuns: runs, remembered: input, dying: reclaimed.dying },
      lookAhead: input.once ? 0 : config.waitingPerAgent,
      nowMs: now(),
    }),
  );
  const prepareMs = startStopwatch();
  const prepared = await prepareStarts(deps, planned.starts, input.assignedByUs);
  const waitedMs = reclaimedMs + prepareMs();
  tell({
    ...{ what: 'planned', full: input.full, registry, agents, tasks, runs },
    ...{ starts: prepared.starts, waiting: planned.waiting },
  });
  return { tasks, reclaimed, planned, waitedMs, ...prepared };
}
