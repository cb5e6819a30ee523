import { activityInfo } from '@temporalio/activity';
import type { SurveyActivities } from '../../contract/activities.ts';
import {
  SENTENCES_SHOWN,
  type SurveyInput,
  type SurveyResult,
  unpackAgents,
  withoutKnown,
} from '../../contract/pass.ts';
import { cutTexts, firstOf } from '../../domain/cut.ts';
import { processName } from '../../os/process-name.ts';
import { startProcessorWatch } from '../../os/processor-watch.ts';
import { startStopwatch } from '../../os/stopwatch.ts';
import type { Tell } from '../events.ts';
import { serverClock } from '../server-clock.ts';
import { decide } from './decisions.ts';
import { findOut, type SurveyDeps } from './findings.ts';
import { NOT_SEEN, ofScheduler, ofTasks, reportOf, unseenTasks, untilNextPassMs } from './result.ts';

export function surveyActivities(deps: SurveyDeps): SurveyActivities {
  return {
    async survey(input) {
      const { full, paused, stopped = false } = input;
      const pass = passId();
      const tell: Tell = (event) => deps.tell({ ...event, pass });
      tell({ what: 'pass-began', full, by: processName() });
      const result = bounded(await survey({ ...deps, tell }, input));
      const { report, fingerprint } = result;
      tell({
        ...{ what: 'pass-ended', full, paused, stopped, report, enabled: deps.config.enabled },
        sawTasks: fingerprint !== NOT_SEEN,
        agents: unpackAgents(result.agents ?? []),
      });
      return withoutKnown(result, input);
    },
  };
}

/** By which its lines in the log are found, and it in the scheduler's history. */
function passId(): string {
  const { workflowExecution, activityId } = activityInfo();
  return `${workflowExecution?.runId.slice(0, RUN_LETTERS)}-${activityId}`;
}

const RUN_LETTERS = 13;

/** Finds out, takes back, plans, and says what follows. */
async function survey(deps: SurveyDeps, input: SurveyInput): Promise<SurveyResult> {
  const { config } = deps;
  const tookMs = startStopwatch();
  const processorMs = startProcessorWatch();
  const now = serverClock();
  const found = await findOut(deps, input, now());
  const { open } = found;
  const common = ofScheduler(config, found);
  if (open instanceof Error) {
    const report = reportOf(config, input, { found, tookMs: Math.round(tookMs()) });
    return { ...common, ...unseenTasks(input, found), report };
  }
  const workMs = startStopwatch();
  const decided = await decide(deps, input, { open, found, now });
  const result = { ...common, ...ofTasks(input, found, decided) };
  return {
    ...result,
    // By the clock a busy machine makes it look dear, by the processor what else this process does: it is at most either.
    costMs: Math.round(Math.min(found.listingMs + workMs() - decided.waitedMs, processorMs())),
    loopIntervalMs: untilNextPassMs(common.loopIntervalMs, decided.reclaimed.dying, now()),
    report: reportOf(config, input, { found, decided, tookMs: Math.round(tookMs()) }),
  };
}

/** What it quotes of tasks and files is of any length, and travels through the scheduler's history. */
function bounded(result: SurveyResult): SurveyResult {
  const { report } = result;
  const errors = firstOf(report.errors, SENTENCES_SHOWN);
  const warnings = firstOf(report.warnings, SENTENCES_SHOWN);
  const cycles = report.cycles && firstOf(report.cycles, SENTENCES_SHOWN);
  return { ...result, report: cutTexts({ ...report, errors, warnings, ...(cycles && { cycles }) }) };
}
