import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { ProcessList } from './observer/processes.ts';
import { machineTookMs, waitedForProcessorMs } from './observer/waited.ts';

describe('what the machine has taken from those who were to act', () => {
  const GUARDIAN = 1;
  const OTHER = 2;
  const NEW = 3;
  test.each<[string, [number, number][], [number, number][], number]>([
    ['nothing, where nobody waited', [[GUARDIAN, 10]], [[GUARDIAN, 10]], 0],
    ['what the only one has waited since', [[GUARDIAN, 10]], [[GUARDIAN, 410]], 400],
    [
      'of two that could act, what the luckier one has waited',
      [
        [GUARDIAN, 10],
        [OTHER, 0],
      ],
      [
        [GUARDIAN, 410],
        [OTHER, 30],
      ],
      30,
    ],
    [
      'one that came later excuses nobody, and blames nobody',
      [[GUARDIAN, 10]],
      [
        [GUARDIAN, 410],
        [NEW, 3],
      ],
      400,
    ],
    ['where all were replaced, what the new ones have waited', [[GUARDIAN, 10]], [[NEW, 70]], 70],
    ['nothing, where nobody is there', [[GUARDIAN, 10]], [], 0],
  ])('%s', (_, then, now, tookMs) => {
    expect(machineTookMs(new Map(then), new Map(now))).toBe(tookMs);
  });
});

describe.runIf(process.platform === 'linux')('a real process', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  const spin = async (cpu: string) => {
    const child = spawn('taskset', ['-c', cpu, process.execPath, '-e', 'console.log(1); for (;;) {}'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    children.push(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return child.pid as number;
  };
  const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test('that wants a processor beside others has waited; one that is stopped meanwhile has not', async () => {
    const cpu =
      /\d+/.exec(
        execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' }).split(':')[1] ?? '',
      )?.[0] ?? '0';
    const [wants, stopped] = [await spin(cpu), await spin(cpu)];
    await spin(cpu);
    process.kill(stopped, 'SIGSTOP');
    // It has to have the processor once more to be stopped.
    const processes = new ProcessList();
    while (!processes.look(performance.now()).get(stopped)?.stopped) await passes(10);
    const before = [wants, stopped].map(waitedForProcessorMs) as [number, number];
    await passes(600);
    const after = [wants, stopped].map(waitedForProcessorMs) as [number, number];
    expect(after[0] - before[0]).toBeGreaterThan(100);
    expect(after[1] - before[1]).toBeLessThan(10);
  });

  test('that has gone has waited for nothing', () => {
    expect(waitedForProcessorMs(2 ** 30)).toBe(0);
  });
});
