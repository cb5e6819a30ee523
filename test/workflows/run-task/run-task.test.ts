import { heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import type { AttemptResult } from '../../../contract/run.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import type { VerdictKind } from '../../../domain/attempt/verdict.ts';
import { eventually } from '../../support/eventually.ts';
import { attemptResult, type PlayedRun } from '../../support/played-runs.ts';
import { runsOnStubs } from '../../support/runs-on-stubs.ts';
import { received, standIn } from '../../support/stand-ins.ts';

const { newRun, untilTheEnd } = runsOnStubs();

/** Runs until it is cancelled, as a goose does, and says whose wish that was. */
async function untilCancelled(): Promise<AttemptResult> {
  try {
    for (;;) {
      heartbeat();
      await sleep(50);
    }
  } catch (error) {
    if (!(error instanceof CancelledFailure)) throw error;
    return attemptResult('cancelled', { cancelledBy: 'person' });
  }
}

const failed = (type: string) => async (): Promise<never> => {
  throw ApplicationFailure.create({ message: `it said ${type}`, type, nonRetryable: true });
};

describe.concurrent('an attempt', () => {
  test('goes to the host with the slot that was granted, gives it back, and is written back', async () => {
    const run = await newRun();
    const { fence, runId } = await run.grant();
    expect(await run.result()).toMatchObject({ end: 'complete', past: { ...NO_PAST, number: 1 } });
    expect(run.attempts).toMatchObject([
      { agent: 'ada', number: 1, fence, grantedTo: runId, semaphore: run.semaphore, assignee: null },
    ]);
    expect(await run.toSemaphore()).toMatchObject([
      { name: 'release', content: { runId, fence, verdict: { kind: 'completed' } } },
    ]);
    expect(run.settled).toMatchObject([{ agent: 'ada', number: 1, ended: { state: 'ended', agent: 'ada' } }]);
    expect(await run.toScheduler()).toEqual(['ended']);
  });

  test('is made under the rules that came with its slot, and the next one under those of its own', async () => {
    const run = await newRun({ settings: { maxAttempts: 1 } });
    run.goose = ['agent-failed', 'agent-failed'].map((kind) => attemptResult(kind as VerdictKind));
    const rules = { maxRuntimeMs: 7_000, maxAttempts: 3, launchPrefix: ['nice'] };
    await run.grant(1, { rules });
    expect(await run.attempted()).toMatchObject({ maxRuntimeMs: 7_000, rules });
    await run.grant(2, { rules: { maxAttempts: 2 } });
    expect(await run.attempted(2)).toMatchObject({ maxRuntimeMs: 60_000, rules: { maxAttempts: 2 } });
    expect(await run.reaches('parked')).toMatchObject({
      says: expect.stringContaining('attempt 2 of 2 failed'),
    });
    expect(run.settled.map(({ policy }) => policy.maxAttempts)).toEqual([3, 2]);
  });

  test('without rules of its agent is made under the settings', async () => {
    const run = await newRun({ settings: { maxAttempts: 1 } });
    run.goose = [attemptResult('agent-failed')];
    await run.grant();
    expect(await run.attempted()).not.toHaveProperty('rules');
    expect(await run.reaches('parked')).toMatchObject({ says: expect.stringContaining('1 of 1 failed') });
  });

  test('whose slot its host gave back gives nothing back', async () => {
    const run = await newRun();
    run.goose = [attemptResult('completed', { slotReleased: true })];
    await run.grant();
    await run.result();
    expect(await run.toSemaphore()).toEqual([]);
  });

  test('whose write-back told the scheduler tells it nothing more', async () => {
    const run = await newRun();
    run.told = true;
    await run.grant();
    await run.result();
    expect(await run.toScheduler()).toEqual([]);
  });

  test('of the task of an occurrence tells that one, too, and only of rests and of its end', async () => {
    for (const told of [true, false]) {
      const occurrence = `occurrence-nightly-${told}`;
      const made = await newRun({ occurrence, settings: { maxAttempts: 2 } });
      await standIn(made.client, occurrence);
      made.told = told;
      made.goose = [attemptResult('agent-failed')];
      await made.grant();
      await made.grant(2);
      await made.result();
      const heard = await received(made.client, occurrence);
      expect(heard).toMatchObject(
        ['backing-off', 'ended'].map((state) => ({
          name: 'run-changed',
          content: { taskId: made.taskId, state },
        })),
      );
    }
  });

  test('whose occurrence is not there, or never was, goes on as any other', async () => {
    const run = await newRun({ occurrence: 'occurrence-of-nobody' });
    await run.grant();
    expect(await run.result()).toMatchObject({ end: 'complete' });
    expect(await run.toScheduler()).toEqual(['ended']);
  });

  test('that could not be written back at once is written back by the next try', async () => {
    const run = await newRun();
    run.outcomes = [
      () => {
        throw new Error('TinyTask is down');
      },
    ];
    await run.grant();
    expect(await run.result()).toMatchObject({ end: 'complete' });
    expect(run.settled).toHaveLength(2);
    expect(run.settled[1]).toEqual(run.settled[0]);
  });

  test('that found a pause is none: it asks again, and no number is used', async () => {
    const run = await newRun();
    run.goose = [attemptResult('cancelled', { claimed: false, noAttempt: 'paused' })];
    const first = await run.grant();
    await run.grant(2);
    expect(await run.result()).toMatchObject({ past: { number: 1 } });
    expect(run.settled).toHaveLength(1);
    expect(await run.toSemaphore()).toMatchObject([
      { name: 'release', content: { fence: first.fence, verdict: null } },
      { name: 'release' },
    ]);
  });

  test('knows from the second one on to whom the first has assigned the task', async () => {
    const run = await newRun();
    run.goose = [attemptResult('agent-failed')];
    await run.grant();
    await run.grant(2, { agent: 'bob' });
    await run.result();
    expect(run.attempts.map(({ agent, assignee }) => [agent, assignee])).toEqual([
      ['ada', null],
      ['bob', 'ada'],
    ]);
  });
});

describe.concurrent('a verdict', () => {
  test.each<[VerdictKind, boolean]>([
    ['completed', true],
    ['not-ours', false],
    ['model-unavailable', true],
    ['misconfigured', true],
  ])('%s ends the run', async (kind, saysOfAgent) => {
    const run = await newRun();
    run.goose = [attemptResult(kind, { claimed: kind !== 'not-ours' })];
    await run.grant();
    expect(await run.result()).toMatchObject({ verdict: { kind }, past: { number: 1, used: 0 } });
    const [release] = await run.toSemaphore();
    expect(release?.content).toMatchObject({ verdict: saysOfAgent ? { kind } : null });
    expect(await run.toScheduler()).toEqual(['ended']);
  });

  test.each<[VerdictKind, object]>([
    ['agent-failed', { used: 1 }],
    ['task-misconfigured', { used: 1 }],
    ['timed-out', { used: 1 }],
    ['stalled', { used: 1 }],
    ['looping', { used: 1 }],
    ['tinytask-unavailable', { used: 0, outages: 1 }],
  ])('%s backs off, and then the task has another attempt', async (kind, past) => {
    const run = await newRun();
    run.goose = [attemptResult(kind)];
    await run.grant();
    expect(await run.reaches('backing-off')).toMatchObject({
      attempt: 1,
      untilMs: expect.any(Number),
      last: { verdict: { kind }, outcome: { task: 'returned' } },
    });
    expect(run.settled[0]?.decided.past).toEqual({ ...NO_PAST, number: 1, ...past });
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { ...NO_PAST, number: 2 } });
    expect(await run.toScheduler()).toEqual(['backing-off', 'active', 'ended']);
  });

  test('agent-failed for the last time parks the run, and retry gives it a whole set of attempts', async () => {
    const run = await newRun();
    run.goose = [attemptResult('agent-failed'), attemptResult('agent-failed'), attemptResult('agent-failed')];
    await run.grant();
    await run.grant(2);
    expect((await run.reaches('parked')).says).toContain('attempt 2 of 2 failed');
    await run.handle.signal('retry');
    await run.grant(3);
    await run.reaches('backing-off');
    expect(run.settled[2]?.decided.past).toMatchObject({ number: 3, used: 1 });
    await run.grant(4);
    expect(await run.result()).toMatchObject({ end: 'complete' });
    const states = ['backing-off', 'active', 'parked', 'active', 'backing-off', 'active', 'ended'];
    expect(await run.toScheduler()).toEqual(states);
  });

  test('cancelled since its host shuts down goes on at once', async () => {
    const run = await newRun();
    run.goose = [attemptResult('cancelled', { cancelledBy: 'shutdown' })];
    await run.grant();
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 2, used: 0 } });
  });
});

describe.concurrent('a worker that is lost', () => {
  test.each<[string, PlayedRun['goose'][number]]>([
    ['is not heard of for the heartbeat timeout', untilTheEnd],
    ['comes back, and says that it lost it', failed('WorkerLost')],
  ])('%s: the task may be claimed, and another attempt follows at once', async (_, goose) => {
    const run = await newRun();
    run.goose = [goose];
    await run.grant();
    await run.asks(2);
    expect(run.settled).toMatchObject([
      {
        result: { claimed: true, verdict: { kind: 'worker-lost' } },
        decided: { past: { lost: 1, used: 0 } },
      },
    ]);
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 2 } });
    expect(await run.toScheduler()).toEqual(['ended']);
  });

  test('again and again parks the run', async () => {
    const run = await newRun();
    run.goose = [failed('WorkerLost'), failed('WorkerLost')];
    await run.grant();
    await run.grant(2);
    expect((await run.reaches('parked')).says).toContain('lost its worker 2 times in a row');
  });

  test('is another thing than an activity that failed', async () => {
    const run = await newRun();
    run.goose = [failed('TypeError')];
    await run.grant();
    await run.reaches('backing-off');
    expect(run.settled[0]?.result).toMatchObject({
      claimed: true,
      verdict: { kind: 'agent-failed', reason: 'it said TypeError' },
    });
  });
});

describe.concurrent('a cancellation by hand parks the run, which goes on as a new one that can be cancelled again', () => {
  const PHASES: [string, (run: PlayedRun) => Promise<unknown>, released: number][] = [
    ['in line', (run) => run.asks(), 1],
    [
      'while goose runs',
      async (run) => {
        run.goose = [untilCancelled];
        await run.grant();
        await run.attempted();
      },
      1,
    ],
    [
      'before a host has taken its attempt',
      async (run) => {
        await run.grant(1, { gooseQueue: 'nobody' });
        await run.reaches('running');
      },
      1,
    ],
    [
      'while it backs off',
      async (run) => {
        run.goose = [attemptResult('agent-failed')];
        await run.grant();
        await run.reaches('backing-off');
      },
      1,
    ],
  ];
  test.each(PHASES)('%s', async (_, until, released) => {
    const run = await newRun({ settings: { backOffMs: 60_000, backOffMaxMs: 60_000 } });
    const { runId } = await run.asks();
    await until(run);
    await run.handle.cancel();
    const parked = await run.reaches('parked');
    expect(parked.says).toContain('cancelled by hand');
    await eventually('it goes on as new', async () => (await run.handle.describe()).runId !== runId);
    expect(await run.toSemaphore()).toHaveLength(released);
    expect((await run.toScheduler()).at(-1)).toBe('parked');
    // Cancelled once more it stays where it is.
    const second = (await run.handle.describe()).runId;
    await run.handle.cancel();
    await eventually('it goes on again', async () => (await run.handle.describe()).runId !== second);
    expect((await run.reaches('parked')).says).toContain('cancelled by hand');
    const before = run.asked.length;
    await run.handle.signal('retry');
    expect((await run.asks(before + 1)).runId).toBe((await run.handle.describe()).runId);
  });

  test('a retry that comes with it is not lost', async () => {
    const run = await newRun();
    run.goose = [attemptResult('agent-failed'), attemptResult('agent-failed')];
    await run.grant();
    await run.grant(2);
    await run.reaches('parked');
    await Promise.all([run.handle.cancel(), run.handle.signal('retry')]);
    await run.grant(3);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 3 } });
  });
});

describe.concurrent('withdraw', () => {
  test('in line: it leaves, has done nothing, and its past stays as it was', async () => {
    const past = { ...NO_PAST, number: 4, used: 1 };
    const run = await newRun({ past });
    const { runId } = await run.asks();
    await run.handle.signal('withdraw');
    expect(await run.result()).toEqual({ taskId: run.taskId, end: 'left-line', verdict: null, past });
    expect(await run.toSemaphore()).toMatchObject([
      { name: 'release', content: { runId, fence: null, verdict: null } },
    ]);
    expect(await run.toScheduler()).toEqual(['ended']);
    expect((await run.handle.describe()).memo).toMatchObject({ run: { past } });
  });

  test('together with a grant: the slot was used or given back, and the run is over', async () => {
    const run = await newRun();
    const { fence } = await run.grantFor();
    await Promise.all([run.handle.signal('withdraw'), run.grant()]);
    const { end } = await run.result();
    expect(['complete', 'left-line']).toContain(end);
    const given = (await run.toSemaphore()).map(({ content }) => (content as { fence: number | null }).fence);
    expect(given.every((each) => each === null || each > fence)).toBe(true);
    expect(given).toHaveLength(1);
  });

  test.each<[string, AttemptResult, end: string]>([
    [
      'that came to something is forgotten',
      attemptResult('cancelled', { cancelledBy: 'shutdown' }),
      'complete',
    ],
    [
      'that was none counts for the line',
      attemptResult('cancelled', { claimed: false, noAttempt: 'paused' }),
      'left-line',
    ],
  ])('during an attempt %s', async (_, result, end) => {
    const run = await newRun();
    let go = (_: AttemptResult) => {};
    const ends = new Promise<AttemptResult>((resolve) => {
      go = resolve;
    });
    run.goose = [() => ends];
    await run.grant();
    await run.attempted();
    await run.handle.signal('withdraw');
    go(result);
    if (end === 'complete') await run.grant(2);
    expect(await run.result()).toMatchObject({ end });
  });
});

describe.concurrent('retry', () => {
  test('ends a pause between two attempts', async () => {
    const run = await newRun({ settings: { backOffMs: 600_000, backOffMaxMs: 600_000 } });
    run.goose = [attemptResult('tinytask-unavailable')];
    await run.grant();
    await run.reaches('backing-off');
    await run.handle.signal('retry');
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete' });
  });

  test('while goose runs does not end a later rest', async () => {
    const run = await newRun();
    let retried = async () => {};
    run.goose = [
      attemptResult('agent-failed'),
      async () => {
        await retried();
        return attemptResult('agent-failed');
      },
    ];
    retried = () => run.handle.signal('retry');
    await run.grant();
    await run.grant(2);
    await run.reaches('parked');
    await run.handle.signal('look-again');
    await eventually('it has looked', () => run.looked.length === 1);
    expect(await run.status()).toMatchObject({ phase: 'parked' });
    expect(run.asked).toHaveLength(2);
  });

  test('of a task that was handed on in a circle leaves it to whoever has it', async () => {
    const run = await newRun({ past: { ...NO_PAST, number: 2, unfinished: 2 } });
    run.outcomes = [{ task: 'handed-off', to: 'bob' }];
    await run.grant();
    expect((await run.reaches('parked')).says).toContain('3 runs in a row');
    // The task is with bob now, which is as it should be.
    await run.handle.signal('look-again');
    await eventually('it has looked', () => run.looked.length === 1);
    expect(run.looked).toEqual(['bob']);
    await run.handle.signal('retry');
    expect(await run.result()).toMatchObject({ end: 'handed-off' });
    expect(await run.toScheduler()).toEqual(['parked', 'ended']);
  });
});

describe.concurrent('a run that is told to look at its task', () => {
  const gone = { task: 'gone', reason: 'the task was deleted' } as const;

  test('stays in line where it is untouched, and leaves where it is gone', async () => {
    const run = await newRun();
    run.looks = [{ task: 'untouched' }, gone];
    await run.asks();
    await run.handle.signal('look-again');
    await eventually('it has looked', () => run.looked.length === 1);
    expect(await run.status()).toMatchObject({ phase: 'waiting' });
    await run.handle.signal('look-again');
    expect(await run.result()).toMatchObject({ end: 'gone' });
    expect(await run.toSemaphore()).toMatchObject([{ name: 'release', content: { fence: null } }]);
    expect(run.asked).toHaveLength(1);
  });

  test.each(['backing-off', 'parked'] as const)('ends where it is gone, while it is %s', async (phase) => {
    const long = { backOffMs: 600_000, backOffMaxMs: 600_000, maxAttempts: phase === 'parked' ? 1 : 2 };
    const run = await newRun({ settings: long });
    run.goose = [attemptResult('agent-failed')];
    run.looks = [gone];
    await run.grant();
    await run.reaches(phase);
    await run.handle.signal('look-again');
    expect(await run.result()).toMatchObject({ end: 'gone', past: { number: 1 } });
    expect(await run.toScheduler()).toEqual([phase, 'ended']);
  });
});

describe.concurrent('an attempt that a person has stopped', () => {
  test('is over, uses none of the set, and the run is in line again', async () => {
    const run = await newRun();
    run.goose = [untilCancelled];
    const grant = await run.grant();
    await run.attempted();
    await run.handle.signal('stop-attempt', { ...grant, why: 'stopped by hand by ann (fire)' });
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 2, used: 0 } });
    expect(run.settled[0]).toMatchObject({
      result: { verdict: { kind: 'cancelled', reason: 'stopped by hand by ann (fire)' } },
      decided: { follow: { next: 'again' } },
    });
  });

  test('a word about another one, or another run, stops nothing', async () => {
    const run = await newRun();
    run.goose = [untilCancelled];
    const grant = await run.grant();
    await run.attempted();
    const { fence, runId } = grant;
    await run.handle.signal('stop-attempt', { ...grant, fence: fence - 1, why: 'late' });
    await run.handle.signal('stop-attempt', {
      ...grant,
      runId: runId.replace(/.$/, 'f').replace(/^./, 'e'),
      why: 'other',
    });
    await run.handle.signal('note', { by: 'ann', note: 'wrong task' });
    await run.handle.cancel();
    expect((await run.reaches('parked')).says).toContain('cancelled by hand by ann (wrong task)');
    expect(run.settled).toHaveLength(1);
  });

  test('whoever cancels the run as well has it parked', async () => {
    const run = await newRun();
    run.goose = [untilCancelled];
    const grant = await run.grant();
    await run.attempted();
    await Promise.all([
      run.handle.signal('stop-attempt', { ...grant, fence: null, why: 'stopped' }),
      run.handle.cancel(),
    ]);
    await run.reaches('parked');
  });
});

describe.concurrent('messages at the wrong time', () => {
  test('a slot that is granted again after it was given back is not used twice', async () => {
    const run = await newRun();
    run.goose = [attemptResult('agent-failed')];
    const first = await run.grant();
    await run.asks(2);
    await run.handle.signal('grant', first);
    await run.handle.signal('look-again');
    await eventually('it has heard of it', () => run.looked.length === 1);
    expect(run.attempts).toHaveLength(1);
    await run.grant(2);
    await run.result();
    expect(run.attempts.map(({ fence }) => fence)).toEqual([first.fence, first.fence + 1]);
  });

  test('a second slot, granted while goose runs, is given back too', async () => {
    const run = await newRun();
    let second = -1;
    run.goose = [
      async () => {
        second = (await run.grant()).fence;
        return attemptResult('completed');
      },
    ];
    const first = await run.grant();
    await run.result();
    expect(await run.toSemaphore()).toMatchObject([
      { name: 'release', content: { fence: first.fence, verdict: { kind: 'completed' } } },
      { name: 'release', content: { fence: second, verdict: null } },
    ]);
  });

  test('what cannot be read, and what nobody knows, changes nothing', async () => {
    const run = await newRun();
    await run.asks();
    await run.handle.signal('grant', { fence: 'soon' });
    await run.handle.signal('grant');
    await run.handle.signal('no-such-thing', 1);
    await run.grant();
    expect(await run.result()).toMatchObject({ end: 'complete' });
    expect(run.attempts).toHaveLength(1);
  });

  test('ask-again: who is in line asks once more', async () => {
    const run = await newRun();
    const first = await run.asks();
    await run.handle.signal('ask-again');
    expect(await run.asks(2)).toEqual(first);
    await run.grant(2);
    await run.result();
    expect(run.attempts).toHaveLength(1);
  });
});

test.concurrent('no slot is asked for before processes of the run before are certainly gone', async () => {
  const notBeforeMs = Date.now() + 1_500;
  const run = await newRun({ notBeforeMs });
  await run.asks();
  expect(Date.now()).toBeGreaterThanOrEqual(notBeforeMs);
});

describe.concurrent('a run with a long history goes on as new', () => {
  test.each(['parked', 'backing-off'] as const)(
    'while it is %s, with the messages in flight',
    async (phase) => {
      const long = { backOffMs: 600_000, backOffMaxMs: 600_000, maxAttempts: phase === 'parked' ? 1 : 2 };
      const run = await newRun({ settings: long });
      run.goose = [attemptResult('agent-failed')];
      await run.grant();
      const before = await run.reaches(phase);
      const { runId } = await run.handle.describe();
      // As many as its history may take, in whatever order they come; the last is not to be lost.
      await Promise.all(Array.from({ length: 150 }, () => run.handle.signal('look-again')));
      await run.handle.signal('look-again');
      await eventually('it goes on as new', async () => (await run.handle.describe()).runId !== runId);
      expect(await run.reaches(phase)).toMatchObject({ agent: 'ada', attempt: 1, untilMs: before.untilMs });
      expect((await run.handle.describe()).searchAttributes).toMatchObject({ Agent: ['ada'] });
      expect((await run.handle.describe()).memo).toMatchObject({
        run: { past: { number: 1, used: 1 }, why: expect.stringContaining('as the test has it') },
      });
      await run.handle.signal('retry');
      await run.grant(2);
      expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 2 } });
      expect(run.attempts[1]).toMatchObject({ number: 2, assignee: 'ada' });
    },
  );
});

describe.concurrent('a run that is reset', () => {
  test('while goose runs: it does not give back the slot of the one before, and asks for its own', async () => {
    const run = await newRun();
    run.goose = [untilTheEnd, attemptResult('cancelled', { claimed: false, noAttempt: 'slot-lost' })];
    const first = await run.grant();
    await run.attempted();
    await run.reset('first');
    const { runId } = await run.asks(2);
    expect(runId).not.toBe(first.runId);
    // The grant of the one before comes along with its history, and its host refuses it.
    await run.attempted(2);
    expect(run.attempts[1]).toMatchObject({ grantedTo: first.runId, number: 1 });
    await run.asks(3);
    await run.grant(3);
    expect(await run.result()).toMatchObject({ end: 'complete', past: { number: 1 } });
    expect((await run.toSemaphore()).map(({ name }) => name)).toEqual(['look-at-holders', 'release']);
  });

  test('while it is parked stays parked', async () => {
    const run = await newRun({ settings: { maxAttempts: 1 } });
    run.goose = [attemptResult('agent-failed')];
    await run.grant();
    await run.reaches('parked');
    const { runId } = await run.handle.describe();
    await run.reset('last');
    await eventually('it is another run', async () => (await run.handle.describe()).runId !== runId);
    await run.reaches('parked');
    await run.handle.signal('retry');
    await run.grant(2);
    expect(await run.result()).toMatchObject({ end: 'complete' });
  });
});
