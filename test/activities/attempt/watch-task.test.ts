import { afterEach, expect, test, vi } from 'vitest';
import { watchTask } from '../../../activities/attempt/watch-task.ts';
import type { Stop } from '../../../domain/attempt/judge.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { taskOf } from '../../support/tasks.ts';

const LOOK_MS = 3_000;
const HOUR_MS = 3_600_000;

afterEach(() => vi.useRealTimers());

test.each([
  ['forward', HOUR_MS],
  ['back', -HOUR_MS],
])(
  'a clock that is set %s neither shortens nor lengthens the grace of a goose whose task is complete',
  async (_, byMs) => {
    vi.useFakeTimers();
    const task = taskOf(42, { status: 'complete', assignedTo: 'ada' });
    const tinytask = { get: async () => task } as unknown as TinyTask;
    const stops: Stop[] = [];
    const about = { task, agent: 'ada', completeGraceMs: 4 * LOOK_MS };
    const watching = watchTask(tinytask, about, (why) => stops.push(why));
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    vi.setSystemTime(Date.now() + byMs);
    await vi.advanceTimersByTimeAsync(3 * LOOK_MS);
    expect(stops).toEqual([]);
    await vi.advanceTimersByTimeAsync(LOOK_MS);
    expect(stops).toEqual([{ why: 'task-gone', detail: 'the task has been complete for a while' }]);
    watching.stop();
  },
);
