import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRank } from '../../domain/rank.ts';
import {
  EXTRA_PATIENCE_MS,
  foundClosed,
  type Grant,
  grantDue,
  limitOf,
  newSlots,
  nextDueMs,
  type RunRef,
  release,
  request,
  type Slots,
  type Waiter,
  withdrawDue,
} from '../../domain/slots.ts';
import type { VerdictKind } from '../../domain/verdict.ts';
import { NOW_MS, rankOfTask } from '../support/tasks.ts';

type Event =
  | { do: 'request'; run: number; priority: number; extra: boolean }
  | { do: 'release'; run: number; verdict: VerdictKind | null }
  | { do: 'release-old'; run: number }
  | { do: 'give-up'; run: number }
  | { do: 'close'; run: number; agoMs: number }
  | { do: 'set-limit'; limit: number | null }
  | { do: 'pause' | 'scheduler-pause'; on: boolean }
  | { do: 'pass-time'; ms: number }
  | { do: 'lose-state' };

const RUNS = 6;
const anyRun = fc.nat({ max: RUNS - 1 });
const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      run: anyRun,
      priority: fc.nat({ max: 2 }),
      extra: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      run: anyRun,
      verdict: fc.constantFrom<VerdictKind | null>(
        'completed',
        'model-unavailable',
        'misconfigured',
        'worker-lost',
        null,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release-old' as const), run: anyRun }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('give-up' as const), run: anyRun }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('close' as const), run: anyRun, agoMs: fc.nat({ max: 4_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set-limit' as const),
      limit: fc.option(fc.nat({ max: 4 }), { nil: null }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('pause' as const, 'scheduler-pause' as const),
      on: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass-time' as const), ms: fc.nat({ max: 20_000 }) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose-state' as const }) },
);

/**
 * What is true of the runs, kept apart from what the semaphore believes: who has a slot, under which fence, and
 * until when processes of those that closed may live.
 */
class Model {
  nowMs = NOW_MS;
  slots: Slots = newSlots('ada', {
    limit: 2,
    waitingPerAgent: 2,
    heartbeatTimeoutMs: 15_000,
    coolDownMs: 5_000,
    coolDownMaxMs: 20_000,
    passIntervalMs: 10_000,
  });
  readonly held = new Map<string, number>();
  readonly lastFence = new Map<string, number>();
  readonly aliveUntilMs = new Map<string, number>();
  probes = new Set<string>();
  highestFence = 0;
  private readonly incarnation = new Map<number, number>();

  ref(run: number): RunRef {
    return { workflowId: `task-${run}`, runId: `run-${run}-${this.incarnation.get(run) ?? 0}` };
  }

  /** As the workflow does: the message, then what is due. */
  step(event: Event): void {
    const usedBefore = this.inUse();
    this.carryOut(event);
    const withdrawn = withdrawDue(this.slots);
    for (const run of withdrawn) expect(this.held.has(run.runId)).toBe(false);
    this.grant(usedBefore);
    this.checkState();
  }

  private carryOut(event: Event): void {
    const { slots, nowMs } = this;
    switch (event.do) {
      case 'request': {
        const ref = this.ref(event.run);
        const grants = request(
          slots,
          ref,
          rankOfTask(event.run, { priority: event.priority }),
          event.extra,
          nowMs,
        );
        for (const grant of grants) this.grantAgain(ref, grant);
        return;
      }
      case 'release': {
        const ref = this.ref(event.run);
        const fence = this.held.get(ref.runId);
        if (fence === undefined) return;
        const { verdict } = event;
        release(slots, ref, fence, verdict === null ? null : { kind: verdict, reason: 'it broke' }, nowMs);
        this.letGo(ref);
        return;
      }
      case 'release-old': {
        const ref = this.ref(event.run);
        const before = JSON.stringify(slots);
        const old = this.held.has(ref.runId)
          ? (this.held.get(ref.runId) ?? 0) - 1
          : this.lastFence.get(ref.runId);
        const rebuilt = slots.holders.some((holder) => holder.runId === ref.runId && holder.fence === null);
        if (old === undefined || rebuilt) return;
        release(slots, ref, old, { kind: 'misconfigured', reason: 'old' }, nowMs);
        expect(JSON.stringify(slots)).toBe(before);
        return;
      }
      case 'give-up': {
        const ref = this.ref(event.run);
        release(slots, ref, null, null, nowMs);
        this.letGo(ref);
        return;
      }
      case 'close': {
        const ref = this.ref(event.run);
        const closedAtMs = nowMs - event.agoMs;
        if (this.held.has(ref.runId))
          this.aliveUntilMs.set(ref.runId, closedAtMs + slots.policy.heartbeatTimeoutMs);
        foundClosed(slots, ref, closedAtMs);
        this.letGo(ref);
        this.incarnation.set(event.run, (this.incarnation.get(event.run) ?? 0) + 1);
        return;
      }
      case 'set-limit':
        slots.limitByHand = event.limit;
        return;
      case 'pause':
        slots.paused = event.on;
        return;
      case 'scheduler-pause':
        slots.schedulerPaused = event.on;
        return;
      case 'pass-time':
        this.nowMs += event.ms;
        return;
      case 'lose-state':
        this.loseState();
    }
  }

  /** The semaphore is terminated, and its successor finds the holders; whoever closed is not among them. */
  private loseState(): void {
    // It starts later than the last of many grants in one millisecond.
    this.nowMs += 1_000;
    const { slots, nowMs } = this;
    const holders = [...this.held.keys()].map((runId) => {
      const workflowId = `task-${runId.split('-')[1]}`;
      return { workflowId, runId, fence: null, sinceMs: nowMs };
    });
    const quietUntilMs = nowMs + slots.policy.heartbeatTimeoutMs;
    this.slots = { ...newSlots(slots.agent, slots.policy), holders, quietUntilMs };
    this.probes.clear();
  }

  private grantAgain(ref: RunRef, grant: Grant): void {
    expect({ workflowId: grant.workflowId, runId: grant.runId }).toEqual(ref);
    const fence = this.held.get(ref.runId);
    expect(fence).toBeDefined();
    // A rebuilt holder gets a new fence; any other the one it has.
    if (grant.fence !== fence) expect(grant.fence).toBeGreaterThan(this.highestFence);
    this.note(ref, grant.fence);
  }

  private grant(usedBefore: number): void {
    const { nowMs } = this;
    const wasUnwell = this.slots.health.state !== 'well';
    const waited = this.slots.waiters.map((waiter) => ({ ...waiter }));
    // Nothing in it is lost on the way to the next run of the workflow.
    const carried: Slots = JSON.parse(JSON.stringify(this.slots));
    expect(carried).toEqual(this.slots);
    this.slots = carried;
    const grants = grantDue(this.slots, nowMs);
    const { slots } = this;

    for (const grant of grants) {
      expect(this.held.has(grant.runId)).toBe(false);
      expect(waited.some((waiter) => waiter.runId === grant.runId)).toBe(true);
      expect(grant.fence).toBeGreaterThan(this.highestFence);
      this.note(grant, grant.fence);
      if (wasUnwell) this.probes.add(grant.runId);
    }
    if (grants.length > 0) {
      expect(slots.paused || slots.schedulerPaused).toBe(false);
      expect(nowMs).toBeGreaterThanOrEqual(slots.quietUntilMs);
      expect(this.inUse()).toBeLessThanOrEqual(limitOf(slots));
    }
    if (wasUnwell) expect(this.probes.size).toBeLessThanOrEqual(1);
    else this.probes.clear();
    expect(this.inUse()).toBeLessThanOrEqual(Math.max(limitOf(slots), usedBefore));

    const granted = new Set(grants.map((grant) => grant.runId));
    for (const got of waited.filter(({ runId }) => granted.has(runId))) {
      const passedOver = slots.waiters.filter((waiter) => !this.hasToWait(waiter, nowMs));
      for (const not of passedOver) expect(compareRank(got.rank, not.rank)).toBeLessThanOrEqual(0);
    }
  }

  private checkState(): void {
    const { slots, nowMs } = this;
    expect(slots.holders.map((holder) => holder.runId).sort()).toEqual([...this.held.keys()].sort());
    const waiting = slots.waiters.map((waiter) => waiter.runId);
    expect(new Set(waiting).size).toBe(waiting.length);
    expect(waiting.filter((runId) => this.held.has(runId))).toEqual([]);
    if (slots.waiters.length === 0) return;
    // Somebody waits, so something forbids it; and if time alone lifts that, it is known when.
    expect(this.forbidden(nowMs)).toBe(true);
    const dueMs = nextDueMs(slots, nowMs);
    for (
      let laterMs = nowMs;
      laterMs < Math.min(dueMs ?? Number.POSITIVE_INFINITY, nowMs + 20_000);
      laterMs += 50
    ) {
      expect(this.forbidden(laterMs)).toBe(true);
    }
  }

  private forbidden(atMs: number): boolean {
    const { slots } = this;
    const { health } = slots;
    const unwell = health.state !== 'well' && (atMs < health.untilMs || this.probes.size > 0);
    const full = this.held.size + this.alive(atMs) >= limitOf(slots);
    // The best-ranked one that may have a slot at all; nobody is served before it.
    const first = slots.waiters.find((waiter) => !this.hasToWait(waiter, atMs));
    const early = first === undefined || isYoung(first, atMs);
    return slots.paused || slots.schedulerPaused || atMs < slots.quietUntilMs || unwell || full || early;
  }

  /** A run of the same task before it may still be alive. */
  private hasToWait({ workflowId, runId }: RunRef, atMs: number): boolean {
    const { holders, dying } = this.slots;
    const before = [...holders, ...dying.filter(({ freeAtMs }) => atMs < freeAtMs)];
    return before.some((run) => run.workflowId === workflowId && run.runId !== runId);
  }

  private inUse(): number {
    return this.held.size + this.alive(this.nowMs);
  }

  private alive(atMs: number): number {
    return [...this.aliveUntilMs.values()].filter((untilMs) => atMs < untilMs).length;
  }

  private note({ runId }: RunRef, fence: number): void {
    this.held.set(runId, fence);
    this.highestFence = Math.max(this.highestFence, fence);
  }

  private letGo({ runId }: RunRef): void {
    const fence = this.held.get(runId);
    if (fence !== undefined) this.lastFence.set(runId, fence);
    this.held.delete(runId);
    this.probes.delete(runId);
  }
}

/** Started beyond the slots, and asking before those that were started for them may have asked. */
function isYoung({ extra, sinceMs }: Waiter, atMs: number): boolean {
  return extra && atMs < sinceMs + EXTRA_PATIENCE_MS;
}

test('the slots of an agent are right whatever happens', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 60 }), (events) => {
      const model = new Model();
      for (const event of events) model.step(event);
    }),
    { numRuns: 600 },
  );
});
