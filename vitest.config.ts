import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more: whichever of them began last would be waited for alone, on one of the processors. */
const LONG =
  /\/test\/(system|workflows|embedded\/(supervisor|presence)|client\/cli\/(exit-codes|closed-pipes)|docs\/guide\.)/;

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['dist/**', 'node_modules/**'],
    // Many tests start servers and processes of their own, and wait for them: three keep two processors busy.
    globalSetup: ['scripts/tidy-tests.mjs'],
    pool: 'forks',
    maxWorkers: 3,
    sequence: { sequencer: LongOnesFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
