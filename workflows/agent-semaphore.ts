import {
  condition,
  makeContinueAsNewFunc,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertMemo,
} from '@temporalio/workflow';
import type { SemaphoreActivities } from '../activities/semaphore.ts';
import { type Complaint, complaintAbout, standing, withComplaint } from '../domain/complaint.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../domain/ids.ts';
import {
  foundClosed,
  processesGone as freeSlot,
  grantDue,
  hasPredecessor,
  isSameRun,
  limitOf,
  newSlots,
  nextDueMs,
  type RunRef,
  release,
  request,
  type SlotPolicy,
  type Slots,
  tryAgain,
  withdrawDue,
} from '../domain/slots.ts';
import {
  LIMIT_BY_HAND,
  PROCESSES_GONE,
  SLOT_POLICY,
  SLOT_RELEASE,
  SLOT_REQUEST,
  TASK_ID_BY_HAND,
  YES_OR_NO,
} from './contents.ts';
import { heed } from './heed.ts';
import { inBatches } from './in-batches.ts';
import { hasLongHistory } from './long-history.ts';
import {
  agentChanged,
  askAgain,
  configure,
  grantSlot,
  lookAtHolders,
  pause,
  processesGone,
  putFirst,
  releaseSlot,
  requestSlot,
  resume,
  schedulerPaused,
  semaphoreStatus,
  setLimit,
  tryAgainNow,
  withdraw,
} from './messages.ts';
import { send } from './send.ts';
import { SHORT_ACTIVITY } from './short-activity.ts';

export interface SemaphoreInput {
  agent: string;
  policy: SlotPolicy;
  schedulerPaused: boolean;
  /** State of the run before, over continue-as-new. */
  slots?: Slots;
  complaints?: Complaint[];
  /** No semaphore of this agent was ever there, so nobody can hold a slot of it. */
  fresh?: boolean;
}

const LOOK_AT_HOLDERS_MS = 60_000;

const activities = proxyActivities<SemaphoreActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});

/** The slots of one agent: who holds one, who waits, and the agent's health. Never completes. */
export async function agentSemaphore(input: SemaphoreInput): Promise<void> {
  const slots = input.slots ?? newSlots(input.agent, input.policy);
  slots.schedulerPaused = input.slots?.schedulerPaused ?? input.schedulerPaused;
  let work = true;
  /** When the next timer rings. One that is due too early wakes for nothing, which costs less than a new one each time. */
  let wakesAtMs = Number.POSITIVE_INFINITY;
  const wakeAt = (atMs: number) => {
    if (atMs >= wakesAtMs) return;
    wakesAtMs = atMs;
    void sleep(Math.max(1, atMs - Date.now())).then(() => {
      if (wakesAtMs === atMs) wakesAtMs = Number.POSITIVE_INFINITY;
      work = true;
    });
  };
  let lookDue = false;
  let lookedAtMs = Date.now();
  /** Given back while the holders were still being looked for. */
  let givenBack: RunRef[] | undefined;
  /** When what a rebuild found is looked at again. */
  let lookAgainAtMs = Number.POSITIVE_INFINITY;
  let complaints = input.complaints ?? [];
  // What the run before this one told last is not known.
  let told = input.slots === undefined ? view(slots, complaints) : '';
  const again: (() => Promise<boolean>)[] = [];

  const record = (change: () => void) => {
    change();
    work = true;
  };
  heed(requestSlot, SLOT_REQUEST, ({ rank, extra, ...run }) =>
    record(() => {
      // A run that was reset asks before anybody has noticed that the run before it is closed.
      if (hasPredecessor(slots, run)) lookDue = true;
      for (const grant of request(slots, run, rank, extra, Date.now())) {
        again.push(() => send(grant, grantSlot, grant));
      }
    }),
  );
  heed(releaseSlot, SLOT_RELEASE, ({ fence, verdict, ...run }) =>
    record(() => {
      givenBack?.push(run);
      release(slots, run, fence, verdict, Date.now());
    }),
  );
  heed(processesGone, PROCESSES_GONE, ({ fence, ...run }) =>
    record(() => {
      givenBack?.push(run);
      freeSlot(slots, run, fence);
    }),
  );
  heed(configure, SLOT_POLICY, (policy) =>
    record(() => {
      if (policy.limit !== slots.policy.limit) slots.limitByHand = null;
      slots.policy = policy;
    }),
  );
  const complain = (complaint?: Complaint) => {
    complaints = withComplaint(complaints, setLimit.name, complaint);
  };
  heed(
    setLimit,
    LIMIT_BY_HAND,
    (limit) =>
      record(() => {
        slots.limitByHand = limit;
        complain();
      }),
    (content, problem) =>
      record(() =>
        complain(complaintAbout(setLimit.name, `agent ${slots.agent}`, content, problem, Date.now())),
      ),
  );
  heed(putFirst, TASK_ID_BY_HAND, (taskId) =>
    record(() => {
      for (const waiter of slots.waiters) if (waiter.rank.id === taskId) waiter.rank.first = true;
      slots.waiters.sort((a, b) => Number(b.rank.first) - Number(a.rank.first));
    }),
  );
  heed(schedulerPaused, YES_OR_NO, (paused) =>
    record(() => {
      slots.schedulerPaused = paused;
    }),
  );
  setHandler(pause, () =>
    record(() => {
      slots.paused = true;
    }),
  );
  setHandler(resume, () =>
    record(() => {
      slots.paused = false;
      tryAgain(slots, Date.now());
    }),
  );
  setHandler(tryAgainNow, () => record(() => tryAgain(slots, Date.now())));
  setHandler(lookAtHolders, () =>
    record(() => {
      lookDue = true;
    }),
  );
  setHandler(semaphoreStatus, () => slots);

  if (input.slots === undefined && input.fresh !== true) {
    givenBack = [];
    await rebuild(slots, givenBack);
    givenBack = undefined;
    lookAgainAtMs = slots.quietUntilMs;
  }
  for (;;) {
    wakeAt(
      Math.min(
        lookAgainAtMs,
        lookDueAtMs(slots, lookedAtMs),
        nextDueMs(slots, Date.now()) ?? Number.POSITIVE_INFINITY,
      ),
    );
    await condition(() => work);
    work = false;
    if (lookDue || Date.now() >= Math.min(lookAgainAtMs, lookDueAtMs(slots, lookedAtMs))) {
      lookDue = false;
      lookAgainAtMs = Number.POSITIVE_INFINITY;
      lookedAtMs = Date.now();
      const holders = slots.holders.length === 0 ? [] : await activities.lookAtRuns(slots.holders);
      for (const found of holders) {
        if (found.closedAtMs !== null) foundClosed(slots, found, found.closedAtMs, found.lingersMs);
        else if (!found.mayHold) release(slots, found, null, null, Date.now());
      }
    }
    await inBatches(again.splice(0), (sendAgain) => sendAgain());
    await inBatches(withdrawDue(slots), sendHome);
    await grantAll(slots);
    told = await tellScheduler(slots, complaints, told);
    // Not `!work`: under load there is always some, and what is recorded in the slots goes along.
    if (again.length === 0 && !lookDue && hasLongHistory()) {
      const next = makeContinueAsNewFunc<typeof agentSemaphore>({ memo: memo(slots, complaints) });
      await next({ ...input, schedulerPaused: slots.schedulerPaused, slots, complaints });
    }
  }
}

async function sendHome(run: RunRef): Promise<void> {
  if (!(await send(run, withdraw))) await letSuccessorAsk(run);
}

/** Where a run was reset while it waited, its successor does not know that it has to ask anew. */
async function letSuccessorAsk({ workflowId }: RunRef): Promise<void> {
  await send({ workflowId }, askAgain);
}

async function grantAll(slots: Slots): Promise<void> {
  const sent = await inBatches(grantDue(slots, Date.now()), async (grant) => {
    const there = await send(grant, grantSlot, grant);
    if (there) return true;
    release(slots, grant, grant.fence, null, Date.now());
    await letSuccessorAsk(grant);
    return false;
  });
  // A run that was gone has left a free slot to the next waiter.
  if (sent.includes(false)) await grantAll(slots);
}

/**
 * A semaphore that lost its state (somebody terminated it) finds its holders among the open runs of its
 * agent, and grants nothing for one heartbeat timeout: whoever it does not find is certainly dead by then. A run that
 * has given its slot back and is still being written back looks like a holder too, so they are looked at again then.
 */
async function rebuild(slots: Slots, givenBack: RunRef[]): Promise<void> {
  slots.quietUntilMs = Date.now() + slots.policy.heartbeatTimeoutMs;
  for (const { phase, rank, extra, ...run } of await activities.openRunsOf(slots.agent)) {
    const hasGivenBack = givenBack.some((back) => isSameRun(back, run));
    if (phase !== 'running') request(slots, run, rank, extra, Date.now());
    else if (!hasGivenBack) slots.holders.push({ ...run, fence: null, sinceMs: Date.now() });
  }
}

/** The scheduler plans with the agent's health, pause and limit, so it hears of their changes. */
async function tellScheduler(slots: Slots, complaints: Complaint[], told: string): Promise<string> {
  const now = view(slots, complaints);
  if (now === told) return told;
  const { agent, health, paused, limitByHand } = slots;
  upsertMemo(memo(slots, complaints));
  setCurrentDetails([sayState(slots), ...standing(complaints, Date.now())].join(' '));
  await send({ workflowId: SCHEDULER_ID }, agentChanged, { agent, health, paused, limitByHand });
  return now;
}

function memo({ policy, paused, schedulerPaused, limitByHand, health }: Slots, complaints: Complaint[]) {
  return { semaphore: { policy, paused, schedulerPaused, limitByHand, health, complaints } };
}

/** What the scheduler is told of; a cool-down that is over changes it, so that a probe is planned. */
function view(slots: Slots, complaints: Complaint[]): string {
  const { health, paused, schedulerPaused, limitByHand, policy } = slots;
  return JSON.stringify({
    health,
    paused,
    schedulerPaused,
    limitByHand,
    policy,
    complaints,
    over: health.state === 'well' || Date.now() >= health.untilMs,
  });
}

function sayState(slots: Slots): string {
  const held = `${slots.holders.length} of ${limitOf(slots)} slots held, ${slots.waiters.length} waiting`;
  if (slots.paused) return `Paused. ${held}.`;
  if (slots.health.state === 'well') return `${held}.`;
  return `${slots.health.state === 'cooling-down' ? 'Cools down' : 'Misconfigured'}: ${slots.health.reason}. ${held}.`;
}

/** When somebody will have waited so long that it is looked whether the holders still live. Milliseconds since 1970. */
function lookDueAtMs({ waiters }: Slots, lookedAtMs: number): number {
  const oldestMs = Math.min(...waiters.map((waiter) => waiter.sinceMs));
  return Math.max(oldestMs, lookedAtMs) + LOOK_AT_HOLDERS_MS;
}
