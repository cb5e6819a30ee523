import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Measurement } from './figures.ts';

interface Times {
  /** Seconds of each. */
  first: number;
  again: number;
  anew: number;
  tests: number;
}

/** How long the first minutes take: `npm run first-start`, from a clone of the last commit. */
export const firstStart: Measurement = {
  keys: ['first_start_s'],
  async measure(root) {
    const script = join(root, 'scripts/first-start.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--json'], {
      cwd: root,
      maxBuffer: 2 ** 26,
      killSignal: 'SIGTERM',
    });
    const times = JSON.parse(stdout) as Times;
    const of = (part: keyof Times) => ({
      ...{ key: 'first_start_s' as const, part, value: Math.round(times[part] * 10) / 10, unit: 's' },
    });
    return {
      figures: [
        {
          ...{ ...of('first'), what: '`npm start` in a clone without caches, to six complete samples' },
          goal: { atMost: 90 },
        },
        { ...of('again'), what: 'again, to the live view of the six', goal: { atMost: 12 } },
        { ...of('anew'), what: 'again without the state directory, to six complete samples' },
        {
          ...{ ...of('tests'), what: '`npm test` in a clone without caches, to the first test' },
          goal: { atMost: 120 },
        },
      ],
    };
  },
};
