import { describe, expect, test } from 'vitest';
import type { Rank } from '../../domain/rank.ts';
import {
  EXTRA_PATIENCE_MS,
  foundClosed,
  grantDue,
  hasPredecessor,
  limitOf,
  newSlots,
  nextDueMs,
  processesGone,
  type RunRef,
  release,
  request,
  type SlotPolicy,
  type Slots,
  tryAgain,
  withdrawDue,
} from '../../domain/slots.ts';
import type { VerdictKind } from '../../domain/verdict.ts';
import { rankOfTask } from '../support/tasks.ts';

const T = 1_000_000;
const HEARTBEAT_TIMEOUT_MS = 15_000;
const POLICY: SlotPolicy = {
  limit: 1,
  waitingPerAgent: 1,
  heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS,
  coolDownMs: 30_000,
  coolDownMaxMs: 600_000,
  passIntervalMs: 60_000,
};

const run = (id: number, runId = `run-${id}`): RunRef => ({ workflowId: `task-${id}`, runId });
const slotsOf = (policy: Partial<SlotPolicy> = {}): Slots => newSlots('ada', { ...POLICY, ...policy });
const verdict = (kind: VerdictKind) => ({ kind, reason: 'it broke' });
const ids = (runs: RunRef[]) => runs.map(({ workflowId }) => Number(workflowId.slice('task-'.length)));

function ask(slots: Slots, id: number, rank: Partial<Rank> = {}, extra = false): void {
  request(slots, run(id), rankOfTask(id, rank), extra, T);
}

/** Asks for each of them, and returns the fences of the grants, by task. */
function granted(slots: Slots, ...wanted: number[]): Record<number, number> {
  for (const id of wanted) ask(slots, id);
  return Object.fromEntries(grantDue(slots, T).map((grant) => [ids([grant])[0], grant.fence]));
}

/** An agent whose run 1 has just found the model away. */
function coolingSlots(policy: Partial<SlotPolicy> = {}): Slots {
  const slots = slotsOf(policy);
  const fences = granted(slots, 1);
  release(slots, run(1), fences[1] ?? null, verdict('model-unavailable'), T);
  return slots;
}
const COOL_MS = T + POLICY.coolDownMs;

describe('granting', () => {
  test.each([
    [0, []],
    [1, [3]],
    [2, [3, 1]],
    [9, [3, 1, 2]],
  ])('%d slots go to the best ranked', (limit, to) => {
    const slots = slotsOf({ limit });
    ask(slots, 1);
    ask(slots, 2);
    ask(slots, 3, { priority: 1 });
    expect(ids(grantDue(slots, T))).toEqual(to);
    expect(grantDue(slots, T)).toEqual([]);
    expect(slots.holders).toHaveLength(to.length);
  });

  test('a freed slot goes to the best that waits', () => {
    const slots = slotsOf();
    const fences = granted(slots, 1, 2);
    ask(slots, 3, { priority: 1 });
    expect(grantDue(slots, T)).toEqual([]);
    release(slots, run(1), fences[1] ?? null, verdict('completed'), T);
    expect(ids(grantDue(slots, T))).toEqual([3]);
  });

  test('fences grow, and with the clock, so that they do over a lost state too', () => {
    const slots = slotsOf({ limit: 2 });
    const fences = granted(slots, 1, 2);
    expect(fences).toEqual({ 1: T, 2: T + 1 });
    const lost = slotsOf();
    request(lost, run(3), rankOfTask(3), false, T + 5);
    expect(grantDue(lost, T + 5)).toMatchObject([{ fence: T + 5 }]);
  });

  test('asking again while it waits changes its rank, not its number', () => {
    const slots = slotsOf();
    ask(slots, 1);
    ask(slots, 2);
    ask(slots, 2, { first: true });
    expect(slots.waiters).toHaveLength(2);
    expect(ids(grantDue(slots, T))).toEqual([2]);
  });

  test('asking again while it holds returns the same grant', () => {
    const slots = slotsOf();
    const fences = granted(slots, 1);
    expect(request(slots, run(1), rankOfTask(1), false, T + 9)).toEqual([{ ...run(1), fence: fences[1] }]);
    expect(slots.holders).toHaveLength(1);
    expect(slots.waiters).toEqual([]);
  });

  test('a reset run is another run, and does not get the slot of the one before it', () => {
    const slots = slotsOf();
    granted(slots, 1);
    expect(request(slots, run(1, 'after-reset'), rankOfTask(1), false, T)).toEqual([]);
    expect(grantDue(slots, T)).toEqual([]);
  });

  test.each<[string, Partial<Slots>]>([
    ['paused', { paused: true }],
    ['the scheduler is paused', { schedulerPaused: true }],
    ['both', { paused: true, schedulerPaused: true }],
    ['no slots', { limitByHand: 0 }],
    ['quiet after a loss of state', { quietUntilMs: T + 1 }],
  ])('nothing is granted: %s', (_, state) => {
    const slots = { ...slotsOf({ limit: 5 }), ...state };
    ask(slots, 1, { first: true });
    expect(grantDue(slots, T)).toEqual([]);
  });

  test('resuming the scheduler does not lift the pause of the agent', () => {
    const slots = { ...slotsOf(), paused: true, schedulerPaused: true };
    ask(slots, 1);
    slots.schedulerPaused = false;
    expect(grantDue(slots, T)).toEqual([]);
    slots.paused = false;
    expect(ids(grantDue(slots, T))).toEqual([1]);
  });

  test('a limit by hand counts, and one lowered below what is held drains', () => {
    const slots = slotsOf({ limit: 3 });
    const fences = granted(slots, 1, 2, 3, 4);
    slots.limitByHand = 2;
    expect(limitOf(slots)).toBe(2);
    release(slots, run(1), fences[1] ?? null, null, T);
    expect(grantDue(slots, T)).toEqual([]);
    release(slots, run(2), fences[2] ?? null, null, T);
    expect(ids(grantDue(slots, T))).toEqual([4]);
  });
});

describe('releasing', () => {
  test('with an old fence changes nothing, whether the run holds or waits again', () => {
    const slots = slotsOf();
    const old = granted(slots, 1)[1] ?? 0;
    release(slots, run(1), old, null, T);
    ask(slots, 1);
    const waiting = structuredClone(slots);
    release(slots, run(1), old, verdict('misconfigured'), T);
    expect(slots).toEqual(waiting);
    grantDue(slots, T);
    const holding = structuredClone(slots);
    release(slots, run(1), old, verdict('misconfigured'), T);
    expect(slots).toEqual(holding);
  });

  test('a slot that is not held changes nothing', () => {
    const slots = slotsOf();
    granted(slots, 1);
    const before = structuredClone(slots);
    release(slots, run(2), T, verdict('misconfigured'), T);
    release(slots, run(1, 'other'), T, verdict('misconfigured'), T);
    expect(slots).toEqual(before);
  });

  test('without a fence: the run no longer wants one, whether it waits or the grant is on its way', () => {
    const slots = slotsOf();
    granted(slots, 1, 2);
    release(slots, run(2), null, null, T);
    expect(slots.waiters).toEqual([]);
    release(slots, run(1), null, null, T);
    expect(slots.holders).toEqual([]);
  });

  test('a holder that was found by a rebuild is believed whatever fence it names', () => {
    const slots = { ...slotsOf(), holders: [{ ...run(1), fence: null, sinceMs: T }] };
    release(slots, run(1), 12_345, null, T);
    expect(slots.holders).toEqual([]);
  });

  test('a rebuilt holder that asks gets a fence of its own', () => {
    const slots = { ...slotsOf(), holders: [{ ...run(1), fence: null, sinceMs: T }] };
    expect(request(slots, run(1), rankOfTask(1), false, T)).toEqual([{ ...run(1), fence: T }]);
    release(slots, run(1), T - 1, null, T);
    expect(slots.holders).toHaveLength(1);
  });
});

describe('a holder that closed without a release', () => {
  test('a closed holder with a longer heartbeat timeout than is configured now keeps its slot for its own', () => {
    const slots = slotsOf({ limit: 1 });
    request(slots, run(1), rankOfTask(1), false, T);
    grantDue(slots, T);
    foundClosed(slots, run(1), T, 90_000);
    expect(slots.dying).toMatchObject([{ freeAtMs: T + 90_000 }]);
  });

  test('leaves a slot that is free one heartbeat timeout after it closed', () => {
    const slots = slotsOf();
    granted(slots, 1, 2);
    foundClosed(slots, run(1), T);
    const freeAtMs = T + HEARTBEAT_TIMEOUT_MS;
    expect(nextDueMs(slots, T)).toBe(freeAtMs);
    expect(grantDue(slots, freeAtMs - 1)).toEqual([]);
    expect(ids(grantDue(slots, freeAtMs))).toEqual([2]);
    expect(slots.dying).toEqual([]);
  });

  test('dies once, and later releases of it free nothing', () => {
    const slots = slotsOf();
    const fences = granted(slots, 1, 2);
    foundClosed(slots, run(1), T);
    foundClosed(slots, run(1), T + 9_999);
    release(slots, run(1), fences[1] ?? null, null, T);
    expect(slots.dying).toEqual([{ ...run(1), freeAtMs: T + HEARTBEAT_TIMEOUT_MS }]);
  });

  test('lets no other run of its task have a slot while it may live, though one is free', () => {
    const slots = slotsOf({ limit: 2 });
    granted(slots, 1);
    request(slots, run(1, 'after-reset'), rankOfTask(1), false, T);
    expect(hasPredecessor(slots, run(1, 'after-reset'))).toBe(true);
    ask(slots, 2);
    expect(ids(grantDue(slots, T))).toEqual([2]);
    foundClosed(slots, run(1), T);
    release(slots, run(2), slots.holders[0]?.fence ?? null, null, T);
    expect(grantDue(slots, T + HEARTBEAT_TIMEOUT_MS - 1)).toEqual([]);
    expect(grantDue(slots, T + HEARTBEAT_TIMEOUT_MS)).toMatchObject([run(1, 'after-reset')]);
    expect(hasPredecessor(slots, run(1, 'after-reset'))).toBe(false);
  });

  test('is free at once when its host says that its processes are gone, in whichever order that is heard', () => {
    for (const closedFirst of [true, false]) {
      const slots = slotsOf();
      const fences = granted(slots, 1, 2);
      if (closedFirst) foundClosed(slots, run(1), T);
      processesGone(slots, run(1), fences[1] ?? 0);
      if (!closedFirst) foundClosed(slots, run(1), T);
      expect(ids(grantDue(slots, T))).toEqual([2]);
    }
  });

  test('keeps a slot that it was granted since its host said so', () => {
    const slots = slotsOf();
    const fences = granted(slots, 1);
    processesGone(slots, run(1), (fences[1] ?? 0) - 1);
    processesGone(slots, run(2), fences[1] ?? 0);
    expect(slots.holders).toHaveLength(1);
  });

  test('one that only waited leaves nothing', () => {
    const slots = slotsOf();
    granted(slots, 1, 2);
    foundClosed(slots, run(2), T);
    expect(slots).toMatchObject({ waiters: [], dying: [], holders: [run(1)] });
  });
});

describe('an unwell agent', () => {
  test('gets nothing until it has cooled down, then one probe', () => {
    const slots = coolingSlots({ limit: 3 });
    ask(slots, 2);
    ask(slots, 3);
    expect(nextDueMs(slots, T)).toBe(COOL_MS);
    expect(grantDue(slots, COOL_MS - 1)).toEqual([]);
    expect(ids(grantDue(slots, COOL_MS))).toEqual([2]);
    expect(grantDue(slots, COOL_MS + 1_000_000)).toEqual([]);
    expect(slots.health).toMatchObject({ state: 'cooling-down', probing: true });
  });

  /** With the probe of task 2 under way and 3 and 4 waiting. */
  function probed(): { slots: Slots; fence: number } {
    const slots = coolingSlots({ limit: 3 });
    for (const id of [2, 3, 4]) ask(slots, id);
    const [probe] = grantDue(slots, COOL_MS);
    return { slots, fence: probe?.fence ?? 0 };
  }

  test('all go on when the probe worked', () => {
    const { slots, fence } = probed();
    release(slots, run(2), fence, verdict('completed'), COOL_MS);
    expect(slots).toMatchObject({ health: { state: 'well' }, probe: null });
    expect(ids(grantDue(slots, COOL_MS))).toEqual([3, 4]);
  });

  test('it cools down for longer when it did not', () => {
    const { slots, fence } = probed();
    release(slots, run(2), fence, verdict('model-unavailable'), COOL_MS);
    expect(slots.health).toEqual({
      state: 'cooling-down',
      reason: 'it broke',
      untilMs: COOL_MS + 60_000,
      times: 2,
    });
    expect(grantDue(slots, COOL_MS + 59_999)).toEqual([]);
    expect(ids(grantDue(slots, COOL_MS + 60_000))).toEqual([3]);
  });

  test.each<[string, (slots: Slots, fence: number) => void]>([
    ['lost its worker', (slots, fence) => release(slots, run(2), fence, verdict('worker-lost'), COOL_MS)],
    ['gave its slot back', (slots, fence) => release(slots, run(2), fence, null, COOL_MS)],
    ['was terminated', (slots) => foundClosed(slots, run(2), COOL_MS)],
  ])('the next one probes when the probe %s', (_, end) => {
    const { slots, fence } = probed();
    end(slots, fence);
    expect(slots.health).not.toHaveProperty('probing');
    expect(ids(grantDue(slots, COOL_MS))).toEqual([3]);
  });

  test('a run from before that is well makes it well, and the probe a run like any other', () => {
    const slots = slotsOf({ limit: 3 });
    const fences = granted(slots, 1, 2);
    release(slots, run(1), fences[1] ?? null, verdict('model-unavailable'), T);
    ask(slots, 3);
    grantDue(slots, COOL_MS);
    release(slots, run(2), fences[2] ?? null, verdict('completed'), COOL_MS);
    expect(slots).toMatchObject({ health: { state: 'well' }, probe: null });
  });

  test('a run from before that ends badly does not end the probe', () => {
    const slots = slotsOf({ limit: 3 });
    const fences = granted(slots, 1, 2);
    release(slots, run(1), fences[1] ?? null, verdict('model-unavailable'), T);
    ask(slots, 3);
    ask(slots, 4);
    grantDue(slots, COOL_MS);
    release(slots, run(2), fences[2] ?? null, verdict('model-unavailable'), COOL_MS);
    expect(slots).toMatchObject({ health: { times: 2, probing: true }, probe: run(3) });
    expect(grantDue(slots, COOL_MS + 600_000)).toEqual([]);
  });
});

describe('who is sent home', () => {
  /** One holder and these waiters; the worst has the highest id. */
  function waiting(state: Partial<Slots>, policy: Partial<SlotPolicy>, ...extras: boolean[]): Slots {
    const slots = slotsOf(policy);
    granted(slots, 1);
    for (const [at, extra] of extras.entries()) ask(slots, at + 2, {}, extra);
    return { ...slots, ...state };
  }
  const unwell: Partial<Slots> = {
    health: { state: 'misconfigured', reason: 'no recipe', untilMs: T, times: 1 },
  };
  const dying: Partial<Slots> = { holders: [], dying: [{ ...run(1), freeAtMs: T + 1 }] };

  test.each<[name: string, Slots, left: number[], stay: number[]]>([
    ['nobody while there are places', waiting({}, { waitingPerAgent: 2 }, true, true), [], [2, 3]],
    ['the worst that is too many', waiting({}, { waitingPerAgent: 1 }, true, true), [3], [2]],
    ['all of them without places', waiting({}, { waitingPerAgent: 0 }, true, true), [2, 3], []],
    [
      'nobody who was started for a free slot',
      waiting({}, { waitingPerAgent: 1 }, true, false, false),
      [2],
      [3, 4],
    ],
    [
      'nobody who is about to get one',
      waiting({}, { limit: 3, waitingPerAgent: 0 }, false, true),
      [],
      [2, 3],
    ],
    ['nor who waits for a dying one', waiting(dying, { waitingPerAgent: 1 }, false, true), [], [2, 3]],
    [
      'nobody else in a drain',
      waiting({ limitByHand: 1 }, { limit: 3, waitingPerAgent: 1 }, false, true),
      [3],
      [2],
    ],
    ['all in a pause', waiting({ paused: true }, { waitingPerAgent: 2 }, true, false), [2, 3], []],
    [
      'all in a pause of the scheduler',
      waiting({ schedulerPaused: true }, { waitingPerAgent: 2 }, true, false),
      [2, 3],
      [],
    ],
    ['all without slots', waiting({ limitByHand: 0 }, { waitingPerAgent: 2 }, true, false), [2, 3], []],
    ['all extra ones of an unwell agent', waiting(unwell, { waitingPerAgent: 2 }, true, false), [2], [3]],
  ])('%s', (_, slots, left, stay) => {
    expect(ids(withdrawDue(slots))).toEqual(left);
    expect(ids(slots.waiters)).toEqual(stay);
    expect(withdrawDue(slots)).toEqual([]);
  });

  test('a better one stays in the place of the worst', () => {
    const slots = slotsOf();
    granted(slots, 1);
    ask(slots, 2, {}, true);
    ask(slots, 3, { priority: 1 }, true);
    expect(ids(withdrawDue(slots))).toEqual([2]);
    expect(ids(slots.waiters)).toEqual([3]);
  });
});

describe('when something is due by time alone', () => {
  test.each<[string, Partial<Slots>, waits: boolean, dueMs: number | undefined]>([
    ['nothing', {}, true, undefined],
    ['the end of the quiet', { quietUntilMs: T + 5 }, true, T + 5],
    ['which nobody waits for', { quietUntilMs: T + 5 }, false, undefined],
    ['a dying slot', { dying: [{ ...run(9), freeAtMs: T + 7 }] }, false, T + 7],
    ['the first of several', { dying: [{ ...run(9), freeAtMs: T + 7 }], quietUntilMs: T + 5 }, true, T + 5],
    ['only what is to come', { dying: [{ ...run(9), freeAtMs: T }], quietUntilMs: T - 5 }, true, undefined],
  ])('%s', (_, state, waits, dueMs) => {
    const slots = { ...slotsOf(), ...state };
    if (waits) ask(slots, 1);
    expect(nextDueMs(slots, T)).toBe(dueMs);
  });

  test('the end of a cool-down also when nobody waits: the scheduler hears of it', () => {
    expect(nextDueMs(coolingSlots(), T)).toBe(COOL_MS);
  });
});

test('a run beyond the slots that asks first does not take the slot of the run started for it', () => {
  const slots = slotsOf();
  ask(slots, 2, {}, true);
  expect(grantDue(slots, T)).toEqual([]);
  expect(nextDueMs(slots, T)).toBe(T + EXTRA_PATIENCE_MS);
  ask(slots, 1, { priority: 5 });
  expect(ids(grantDue(slots, T + 10))).toEqual([1]);
});

test('a run beyond the slots gets a slot that nobody else asks for', () => {
  const slots = slotsOf();
  ask(slots, 2, {}, true);
  expect(ids(grantDue(slots, T + EXTRA_PATIENCE_MS))).toEqual([2]);
});

test('an unwell agent that is to be tried again is probed now, by one run', () => {
  const slots = coolingSlots({ limit: 2 });
  ask(slots, 2);
  ask(slots, 3);
  expect(grantDue(slots, T)).toEqual([]);
  tryAgain(slots, T);
  expect(ids(grantDue(slots, T))).toEqual([2]);
});

test('a better-ranked run that has just asked is not overtaken by one that has waited', () => {
  const slots = slotsOf();
  granted(slots, 1);
  ask(slots, 3, { priority: 1 }, true);
  release(slots, run(1), slots.holders[0]?.fence ?? null, null, T + 1_000);
  request(slots, run(2), rankOfTask(2, { priority: 9 }), true, T + 999);
  expect(grantDue(slots, T + 1_000)).toEqual([]);
  expect(ids(grantDue(slots, T + 999 + EXTRA_PATIENCE_MS))).toEqual([2]);
});

test('a slot that is given back goes to the first in line at once, one that was free before does not', () => {
  const slots = slotsOf({ limit: 2 });
  granted(slots, 1);
  ask(slots, 2, {}, true);
  ask(slots, 3, {}, true);
  expect(grantDue(slots, T + 10)).toEqual([]);
  release(slots, run(1), slots.holders[0]?.fence ?? null, null, T + 10);
  expect(ids(grantDue(slots, T + 10))).toEqual([2]);
  expect(ids(grantDue(slots, T + EXTRA_PATIENCE_MS))).toEqual([3]);
});
