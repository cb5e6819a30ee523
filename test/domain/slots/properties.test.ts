import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HEARTBEAT_TIMEOUT_MS } from '../../support/pools.ts';
import { anyEvent, carryOut, type Event } from './model/events.ts';
import { checkBudgets, checkCounted, checkCounts, checkIdle, Given } from './model/invariants.ts';
import type { Run } from './model/run.ts';
import { World } from './model/world.ts';

class Checked {
  readonly world = new World();
  readonly #given = new Map(this.world.semaphores.map(({ id }) => [id, new Given()]));

  step(event: Event): void {
    carryOut(this.world, event);
    this.goOn();
  }

  goOn(): void {
    const { world } = this;
    for (const semaphore of world.semaphores) {
      const given = this.#given.get(semaphore.id) as Given;
      const before = structuredClone(semaphore.pool);
      const { again, granted } = semaphore.goOn(world);
      for (const grant of again) world.sendGrant(semaphore, grant, true);
      for (const grant of granted) world.sendGrant(semaphore, grant, false);
      given.checkAgain(again, semaphore);
      given.check(world, semaphore, before, granted);
      semaphore.looks.keepOf(semaphore.pool.waiters.map(({ rank }) => rank.id));
      checkCounts(semaphore);
      checkBudgets(semaphore);
      checkIdle(semaphore, world.nowMs);
    }
  }

  /** All that may go on does, with no more trouble, until nothing is left to do. */
  settle(): void {
    const { world } = this;
    while (world.isConfiguring) this.#deliverAll();
    for (const agent of world.agents) agent.limit = Math.max(1, agent.limit);
    world.budgets = { agent: 1_000, pool: 1_000 };
    world.configure();
    this.#deliverAll();
    for (const { pool } of world.semaphores) {
      Object.assign(pool, { paused: false, schedulerPaused: false });
      for (const agent of pool.agents) Object.assign(agent, { paused: false, limitByHand: null });
    }
    for (let round = 0; round < 200 && world.runs.some(({ isOpen }) => isOpen); round += 1) {
      this.#deliverAll();
      for (const semaphore of world.semaphores) {
        semaphore.lookDue = true;
        for (let at = 0; at < 6; at += 1) {
          semaphore.answer(world, () => false);
          this.goOn();
        }
      }
      for (const run of world.runs) if (run.isOpen && !run.sends) this.#goOnWith(run);
      world.passTime((world.nextDueMs ?? world.nowMs + 1_000) - world.nowMs);
      this.goOn();
    }
    expect(
      world.runs.filter(({ isOpen }) => isOpen).map(({ ref, phase }) => `${ref.runId} is ${phase}`),
    ).toEqual([]);
    this.#lookAround();
    checkCounted(world);
  }

  /** The last runs have ended: whoever was to be looked for is found by then. */
  #lookAround(): void {
    const { world } = this;
    for (let round = 0; round < 12; round += 1) {
      for (const semaphore of world.semaphores) {
        semaphore.lookDue = true;
        for (let at = 0; at < 3; at += 1) {
          semaphore.answer(world, () => false);
          this.goOn();
        }
      }
      world.passTime(HEARTBEAT_TIMEOUT_MS + 60_000);
      this.goOn();
      this.#deliverAll();
    }
  }

  #deliverAll(): void {
    const next = () => {
      const { mail, runs } = this.world;
      const [message] = mail;
      if (message !== undefined) return () => this.world.deliver(message, false);
      return runs.find(({ isOpen, completes }) => isOpen && completes)?.completes;
    };
    for (let goOn = next(); goOn !== undefined; goOn = next()) {
      goOn();
      this.goOn();
    }
  }

  #goOnWith(run: Run): void {
    const { world } = this;
    const { pool } = world.semaphore(run.semaphore);
    const mayStay = pool.policy.agents.some(({ name }) => run.wants === null || run.wants === name);
    if (run.phase === 'backing-off') world.ask(run);
    else if (run.phase === 'waiting' && run.take() === undefined && !mayStay)
      world.giveBack(run, null, () => world.close(run));
    if (run.under === null) return;
    if (!run.hasBegun) world.begin(run);
    if (world.gooseOf(run) !== undefined) world.end(run, 'completed', () => world.close(run));
  }
}

const anyEvents = fc.array(anyEvent, { minLength: 1, maxLength: 120, size: 'max' });

function holds(events: readonly Event[], isHeld: boolean): void {
  const checked = new Checked();
  if (isHeld) checked.world.holdFirstPool();
  for (const event of events) checked.step(event);
  checked.settle();
}

test('the slots of pools are right whatever happens, and nobody starves', () => {
  fc.assert(fc.property(anyEvents, fc.boolean(), holds), {
    numRuns: 1_000,
    interruptAfterTimeLimit: 8_000,
  });
});

const doing = (does: Event['does'], odd = false): Event => ({ does, at: 0, by: 0, odd, afterMs: 0 });
/** Asked, granted, taken, begun. */
const AT_WORK = [doing('start'), ...Array<Event>(4).fill(doing('goes-on'))];

test.each<[string, Event[]]>([
  ['its host has told the end of its processes', [doing('kill-host'), doing('end-early'), doing('goes-on')]],
  ['its host has given the slot back', [doing('end'), doing('goes-on')]],
])('an attempt counts once where a semaphore is lost when %s, and the server has it still', (_, events) => {
  holds([...AT_WORK, ...events, doing('lose-state'), doing('goes-on')], false);
});
