import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { complaintAbout } from '../../contract/complaint.ts';
import {
  daemonStarted,
  disable,
  enable,
  makePass,
  passUpdate,
  pauseAll,
  planState,
  poolChanged,
  resumeAll,
  runChanged,
  runNow,
  schedulerStatus,
  startAllAgents,
  stopAllAgents,
} from '../../contract/messages.ts';
import type { PassReport } from '../../contract/pass.ts';
import { sayStoppedBy } from '../../words/deed.ts';
import { type Answers, fulfil } from '../sdk/fulfil.ts';
import { heed } from '../sdk/heed.ts';
import type { Asked, SchedulerState } from './scheduler-state.ts';

/** Handles all messages to the scheduler. Handlers only record; the loop looks at what they recorded. */
export function handleMessages(state: SchedulerState, answers: Answers): void {
  handleSwitches(state);
  heed(enable, () => state.enable(true));
  heed(disable, () => state.enable(false));
  heed(
    runNow,
    (id) => {
      state.complain();
      state.recordPrompt(() => {
        if (id !== undefined) state.putFirst(id);
      });
    },
    (content, problem) =>
      state.complain(
        complaintAbout({ signal: runNow.name, to: 'the scheduler', content, problem }, Date.now()),
      ),
  );
  heed(runChanged, (run) => state.record(() => state.runChanged(run)));
  heed(poolChanged, (pool) => state.recordPrompt(() => state.poolChanged(pool)));
  heed(daemonStarted, () => {
    state.fullDue = true;
  });
  fulfil(answers, makePass, ({ once }) => reportTo(state, once));
  setHandler(passUpdate, ({ once }) => reportTo(state, once), { validator: refuseOtherThanPass });
  setHandler(planState, () => state.surveyInput({ full: false, once: false }));
  setHandler(schedulerStatus, () => state.status());
}

/** The report of the pass that whoever asks here shares in. @throws ApplicationFailure where the pass fails */
async function reportTo(state: SchedulerState, once: boolean): Promise<PassReport> {
  const ask: Asked = { once };
  state.asked.push(ask);
  await condition(() => ask.report !== undefined || ask.failure !== undefined);
  if (ask.report === undefined) throw ApplicationFailure.nonRetryable(ask.failure);
  return ask.report;
}

/** What people turn, each with its opposite. */
function handleSwitches(state: SchedulerState): void {
  heed(pauseAll, (note) => state.turn('pause', { paused: true }, note));
  heed(resumeAll, (note) => {
    state.turn('resume', { paused: false }, note);
    state.fullDue = true;
  });
  heed(stopAllAgents, (note) => {
    state.turn('stop-agents', { stopped: true }, note);
    state.stopDue = sayStoppedBy(note);
  });
  heed(startAllAgents, (note) => {
    state.turn('start-agents', { stopped: false }, note);
    state.stopDue = undefined;
    state.fullDue = true;
  });
}

/** Throws what the one who asked is told. */
function refuseOtherThanPass(content: unknown): void {
  try {
    makePass.shapes[0](content);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.nonRetryable(`pass wants {"once": true} or {"once": false}: it ${problem}`);
  }
}
