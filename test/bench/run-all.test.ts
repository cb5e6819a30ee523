import { expect, test } from 'vitest';
import type { Measurement } from '../../bench/figures.ts';
import { runAll } from '../../bench/run-all.ts';

const silent = { begins() {}, ended() {} };

const good: Measurement = {
  keys: ['dispatch_ms'],
  measure: async () => ({ figures: [{ key: 'dispatch_ms', what: 'x', value: 1, unit: 'ms' }] }),
};

test.each([
  ['fails', () => Promise.reject(new Error('the server\n is away')), 'the server is away'],
  ['hangs', () => new Promise<never>(() => {}), 'it took more than 0 s'],
])(
  'a measurement that %s is noted for each of its keys, what it left is cleared, and the next goes on',
  async (_, measure, why) => {
    let cleared = 0;
    const bad: Measurement = { keys: ['rss_mb', 'per_task'], measure };
    const clear = async () => {
      cleared++;
    };
    const found = await runAll([bad, good], (each) => each.measure('', true), { eachMs: 30, clear }, silent);
    expect(found.unmeasured).toEqual([
      { key: 'rss_mb', why },
      { key: 'per_task', why },
    ]);
    expect(found.figures.map(({ key }) => key)).toEqual(['dispatch_ms']);
    expect(cleared).toBe(1);
  },
);

test('what has not begun when the time for all is over is noted, and not begun', async () => {
  let begun = 0;
  const slow: Measurement = {
    keys: ['per_task'],
    measure: async () => {
      begun += 1;
      for (const fromMs = performance.now(); performance.now() - fromMs < 60; );
      return { figures: [] };
    },
  };
  const limits = { eachMs: 5_000, allMs: 50, clear: async () => undefined };
  const found = await runAll([slow, slow, good], (each) => each.measure('', true), limits, silent);
  expect(begun).toBe(1);
  expect(found.figures).toEqual([]);
  expect(found.unmeasured.map(({ key }) => key)).toEqual(['per_task', 'dispatch_ms']);
  expect(found.unmeasured.at(-1)?.why).toBe('the time for all of them was over');
});
