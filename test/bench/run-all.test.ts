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
  ['hangs', () => new Promise<never>(() => {}), 'it took more than 0.0005 min'],
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
