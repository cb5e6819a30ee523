import { patched, setHandler } from '@temporalio/workflow';
import {
  configure,
  lookAtHolders,
  modelAnswered,
  order,
  processesGone,
  releaseSlot,
  requestSlot,
  schedulerPaused,
  semaphoreStatus,
  stopHolders,
  tryAgainNow,
} from '../../contract/messages.ts';
import {
  modelAnswered as agentWorks,
  processesGone as freeSlot,
  release,
  tryAgain,
} from '../../domain/slots/give-back.ts';
import { hasPredecessor } from '../../domain/slots/grant.ts';
import { expectNoRuns, expectRuns, reorder, request } from '../../domain/slots/line.ts';
import { agentOf, configure as configurePool } from '../../domain/slots/pool.ts';
import { heed } from '../sdk/heed.ts';
import { handleHands } from './by-hand.ts';
import type { SemaphoreState } from './semaphore-state.ts';

/** Handles all messages to a semaphore. Handlers only record; the loop looks at what they recorded. */
export function handleMessages(state: SemaphoreState): void {
  handleRuns(state);
  handleScheduler(state);
  handleHands(state);
  setHandler(semaphoreStatus, () => state.pool);
}

function handleRuns(state: SemaphoreState): void {
  const { pool } = state;
  heed(requestSlot, (asked) =>
    state.record(() => {
      state.heard(asked);
      // A run that was reset asks before anybody has noticed that the run before it is closed.
      if (hasPredecessor(pool, asked)) state.lookDue = true;
      state.resend.push(...request(pool, asked, Date.now()));
    }),
  );
  heed(releaseSlot, (run) =>
    state.record(() => {
      state.heard(run);
      // A history that was made without it is replayed without it.
      if (pool.breaker === undefined && patched('breaker')) pool.breaker = { troubles: [] };
      release(pool, run, Date.now());
    }),
  );
  heed(processesGone, (run) =>
    state.record(() => {
      state.heard(run);
      freeSlot(pool, run);
    }),
  );
  heed(modelAnswered, (run) => state.record(() => agentWorks(pool, run, Date.now())));
}

function handleScheduler(state: SemaphoreState): void {
  const { pool } = state;
  heed(configure, ({ policy, moved }) =>
    state.record(() => {
      // An agent that is here already has not moved: the message came twice.
      const arrived = moved.filter(({ name }) => (agentOf(pool, name)?.limit ?? null) === null);
      configurePool(pool, policy, arrived);
      state.findRunsOf(arrived);
    }),
  );
  heed(order, ({ ranks, expected, expectedForMs, notComing = [], atMs }) =>
    state.record(() => {
      reorder(pool, ranks, atMs);
      expectNoRuns(pool, notComing);
      expectRuns(pool, expected, Date.now(), expectedForMs);
    }),
  );
  heed(schedulerPaused, (held) =>
    state.record(() => {
      pool.schedulerPaused = held;
    }),
  );
  heed(stopHolders, (why) => state.record(() => state.stopHolders(state.agentNames, why)));
  heed(tryAgainNow, (names) => state.record(() => tryAgain(pool, names, Date.now())));
  heed(lookAtHolders, () =>
    state.record(() => {
      state.lookDue = true;
    }),
  );
}
