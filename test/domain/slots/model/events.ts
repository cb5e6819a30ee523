import fc from 'fast-check';
import type { VerdictKind } from '../../../../domain/attempt/verdict.ts';
import { tryAgain } from '../../../../domain/slots/give-back.ts';
import type { Run } from './run.ts';
import type { World } from './world.ts';

/** What happens: `at` and `by` choose among what is there, and `odd` which of two ways. */
export interface Event {
  does: keyof typeof WHAT_HAPPENS;
  at: number;
  by: number;
  odd: boolean;
  /** Time since the event before. */
  afterMs: number;
}

const TASKS = 6;
const VERDICTS: VerdictKind[] = [
  'completed',
  'completed',
  'model-unavailable',
  'misconfigured',
  'agent-failed',
  'not-verified',
];

/** How often each happens, and what it does; nothing, where there is nothing that it could happen to. */
const WHAT_HAPPENS = {
  start: happens(16, (world, { at, by, odd }) => {
    const taskId = (at % TASKS) + 1;
    if (world.openRun(taskId) !== undefined) return;
    const agent = pick(world.agents, by);
    if (agent !== undefined) world.start(taskId, agent.semaphore, odd ? agent.name : null, by % 3);
  }),
  'rank-anew': happens(3, (world, { at, by }) => world.rankAnew((at % TASKS) + 1, by % 5)),
  'goes-on': happens(80, (world, event) => pick(whatGoesOn(world, event), event.at)?.()),
  'deliver-copy': happens(3, (world, { at }) => {
    const copy = pick(world.copies, at);
    if (copy !== undefined) world.deliverCopy(copy);
  }),
  end: happens(12, (world, { at, by, odd }) => {
    const run = pick(idle(world), at, (each) => world.gooseOf(each) !== undefined);
    const kind = world.isModelDown ? 'model-unavailable' : (pick(VERDICTS, by) as VerdictKind);
    if (run === undefined) return;
    world.end(run, kind, () => {
      if (kind === 'completed') world.close(run);
      else if (odd) world.ask(run);
      else run.phase = 'backing-off';
    });
  }),
  'model-down': happens(6, (world, { odd }) => {
    world.isModelDown = odd;
    if (!odd) return;
    for (const run of idle(world)) {
      if (world.gooseOf(run) === undefined) continue;
      world.end(run, 'model-unavailable', () => {
        run.phase = 'backing-off';
      });
    }
  }),
  wake: happens(6, (world, { at }) => {
    const run = pick(idle(world), at, ({ phase }) => phase === 'backing-off');
    if (run !== undefined) world.ask(run);
  }),
  leave: happens(1, (world, { at }) => {
    const run = pick(waiting(world), at);
    if (run !== undefined) world.giveBack(run, null, () => world.close(run));
  }),
  terminate: happens(2, (world, { at }) => {
    const run = pick(world.runs, at, ({ isOpen, isUnseen }) => isOpen && !isUnseen);
    if (run !== undefined) world.close(run);
  }),
  reset: happens(1, (world, { at }) => {
    const run = pick(world.runs, at, ({ isOpen, isUnseen }) => isOpen && !isUnseen);
    if (run !== undefined) world.reset(run);
  }),
  'kill-host': happens(1, (world, { at }) => {
    const goose = pick(world.gooses, at, ({ endsAtMs }) => endsAtMs === null);
    if (goose !== undefined) world.killHost(goose);
  }),
  'end-early': happens(2, (world, { at }) => {
    const goose = pick(world.gooses, at, ({ endsAtMs }) => endsAtMs !== null);
    if (goose !== undefined) world.endEarly(goose);
  }),
  'model-answers': happens(3, (world, { at }) => {
    const goose = pick(world.gooses, at, ({ grant }) => grant.probe);
    if (goose !== undefined) world.modelAnswers(goose);
  }),
  'look-at-holders': happens(1, (world, { at }) => {
    const semaphore = pick(world.semaphores, at);
    if (semaphore !== undefined) semaphore.lookDue = true;
  }),
  'lose-state': happens(4, (world, { at, odd }) => {
    const semaphore = pick(world.semaphores, at);
    if (semaphore !== undefined && !world.isConfiguring) world.loseState(semaphore.id, odd);
  }),
  configure: happens(2, (world, { at, by, odd }) => {
    const agent = pick(world.agents, at);
    const semaphore = pick(world.semaphores, by);
    if (agent === undefined || semaphore === undefined || world.isConfiguring) return;
    // Nobody moves an agent there and back while a grant is on its way.
    const isOut = world.mail.some(({ grant }) => grant?.agent === agent.name);
    if (odd && !isOut) agent.semaphore = semaphore.id;
    else agent.limit = by % 4;
    world.configure();
  }),
  'set-limit': happens(1, (world, { at, by, odd }) => {
    const agent = pick(pick(world.semaphores, at)?.pool.agents ?? [], by);
    if (agent !== undefined) agent.limitByHand = odd ? null : by % 4;
  }),
  pause: happens(1, (world, { at, by, odd }) => {
    const pool = pick(world.semaphores, at)?.pool;
    const agent = pick(pool?.agents ?? [], by);
    if (pool !== undefined) (odd || agent === undefined ? pool : agent).paused = true;
  }),
  'pause-all': happens(1, (world, { odd }) => {
    for (const { pool } of world.semaphores) pool.schedulerPaused = odd;
  }),
  resume: happens(4, (world, { at, odd }) => {
    const semaphore = pick(world.semaphores, at);
    if (odd) semaphore?.resume(world.nowMs);
    else for (const agent of semaphore?.pool.agents ?? []) agent.paused = false;
  }),
  'try-again': happens(1, (world, { at, by }) => {
    const pool = pick(world.semaphores, at)?.pool;
    const agent = pick(pool?.agents ?? [], by);
    if (pool !== undefined && agent !== undefined) tryAgain(pool, [agent.name], world.nowMs);
  }),
  'wait-for-due': happens(9, (world) => world.passTime((world.nextDueMs ?? world.nowMs) - world.nowMs)),
};

/** What the semaphores, runs and hosts do of their own accord, if nothing comes between. */
function whatGoesOn(world: World, { by, odd }: Omit<Event, 'does'>): (() => unknown)[] {
  const isUnseen = (run: Run) => (by >> (run.taskId % 8)) % 2 === 1;
  return [
    ...world.mail.map((message) => () => world.deliver(message, odd)),
    ...world.semaphores.flatMap((it) => (it.question === null ? [] : [() => it.answer(world, isUnseen)])),
    ...world.runs.flatMap((run) => (run.isOpen && run.completes ? [run.completes] : [])),
    ...waiting(world).flatMap((run) => (run.grants.length === 0 ? [] : [() => run.take()])),
    ...idle(world).flatMap((run) => (run.under === null || run.hasBegun ? [] : [() => world.begin(run)])),
  ];
}

export function carryOut(world: World, event: Event): void {
  world.passTime(event.afterMs);
  WHAT_HAPPENS[event.does].act(world, event);
}

export const anyEvent: fc.Arbitrary<Event> = fc.record({
  does: fc.oneof(
    ...Object.entries(WHAT_HAPPENS).map(([does, { weight }]) => {
      return { weight, arbitrary: fc.constant(does as Event['does']) };
    }),
  ),
  at: fc.nat({ max: 999 }),
  by: fc.nat({ max: 999 }),
  odd: fc.boolean(),
  afterMs: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 9 }) },
    { weight: 1, arbitrary: fc.nat({ max: 5_000 }) },
  ),
});

type Act = (world: World, event: Omit<Event, 'does'>) => void;
function happens(weight: number, act: Act): { weight: number; act: Act } {
  return { weight, act };
}

function pick<Each>(
  all: readonly Each[],
  at: number,
  may: (each: Each) => boolean = () => true,
): Each | undefined {
  const some = all.filter(may);
  return some[at % some.length];
}

/** Those that may do something of their own accord. */
const idle = ({ runs }: World) => runs.filter((run) => run.isOpen && !run.sends);
const waiting = (world: World) => idle(world).filter(({ phase }) => phase === 'waiting');
