import { expect, test } from 'vitest';
import type { ClosedRun, ToldByHistory } from '../../contract/attempts.ts';
import { KeptHistories } from '../../temporal/kept-histories.ts';
import { closedRunOf } from '../support/attempts.ts';

const TOLD: ToldByHistory = { attempts: [], result: null };
const runsOf = (count: number) => Array.from({ length: count }, (_, at) => closedRunOf(at + 1));

function reading(most?: number, told: (run: ClosedRun) => ToldByHistory | undefined = () => TOLD) {
  const read: number[] = [];
  const kept = new KeptHistories(async (run) => {
    read.push(run.taskId);
    return told(run);
  }, most);
  return { kept, read };
}

test('each is read once, also for those who ask at the same time', async () => {
  const { kept, read } = reading();
  const runs = runsOf(120);
  const [one, other] = await Promise.all([kept.of(runs), kept.of(runs)]);
  expect([one.length, other.length, read.length]).toEqual([120, 120, 120]);
  await kept.of([closedRunOf(500), ...runs]);
  expect(read.slice(120)).toEqual([500]);
});

test('one that the server has no more, or that failed, is asked for again', async () => {
  const gone = reading(9, () => undefined);
  expect([await gone.kept.of(runsOf(1)), await gone.kept.of(runsOf(1))]).toEqual([[undefined], [undefined]]);
  expect(gone.read).toEqual([1, 1]);
  const broken = reading(9, () => {
    throw new Error('down');
  });
  await expect(broken.kept.of(runsOf(1))).rejects.toThrow('down');
  await expect(broken.kept.of(runsOf(1))).rejects.toThrow('down');
  expect(broken.read).toEqual([1, 1]);
});

test('so many are kept; the one that was asked for longest ago goes', async () => {
  const { kept, read } = reading(2);
  const [one, two, three] = runsOf(3) as [ClosedRun, ClosedRun, ClosedRun];
  await kept.of([one, two]);
  await kept.of([one, three]);
  await kept.of([one]);
  expect(read).toEqual([1, 2, 3]);
  await kept.of([two]);
  expect(read).toEqual([1, 2, 3, 2]);
});

test('without time the newest are read, and the next time the others', async () => {
  const { kept, read } = reading();
  const runs = runsOf(120);
  expect(await kept.of(runs, 0)).toHaveLength(50);
  expect(read).toHaveLength(50);
  expect(await kept.of(runs)).toHaveLength(120);
  expect(read).toHaveLength(120);
});
