import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more: whichever of them began last would be waited for alone, on one of the processors. */
const LONG =
  /\/test\/(system|workflows|embedded\/(supervisor|presence)|client\/cli\/(exit-codes|closed-pipes)|docs\/guide(-schedules)?\.)/;

/** Rules on plain data: no process, no server, no clock, nothing global that they change. */
const RULES = ['test/domain/**/*.test.ts', 'test/words/**/*.test.ts', 'test/contract/**/*.test.ts'];

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Rules last, together: a process goes on with the next file only if that one may share it, too.
    const place = ({ moduleId, project }: TestSpecification) =>
      project.name === 'rules' ? 2 : LONG.test(moduleId) ? 0 : 1;
    return sorted.sort((a, b) => place(a) - place(b));
  }
}

const limits = {
  pool: 'forks',
  // Over all projects. Many tests start servers and processes of their own, and wait for them: three keep two processors busy.
  maxWorkers: 3,
  testTimeout: 30_000,
  hookTimeout: 60_000,
} as const;

export default defineConfig({
  test: {
    ...limits,
    globalSetup: ['scripts/tidy-tests.mjs'],
    sequence: { sequencer: LongOnesFirst },
    projects: [
      // Files that share a process, since its start takes longer than they do.
      { test: { ...limits, name: 'rules', include: RULES, isolate: false } },
      {
        test: {
          ...limits,
          name: 'all else',
          include: ['test/**/*.test.ts'],
          exclude: ['dist/**', 'node_modules/**', ...RULES],
        },
      },
    ],
  },
});
