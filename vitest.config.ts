import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than a minute: whichever of them began last would be waited for alone, on one of the processors. */
const LONGEST =
  /\/test\/(embedded\/supervisor|page\/(system|now|task)|docs\/guide(-schedules)?\.|workflows\/limits|client\/cli\/exit-codes|system\/(schedule-(away|keeper)|pool|pool-by-hand|one-truth|emergency|stop|lost-semaphore|two-hosts|run-once|huge-texts|published-scenarios|outages|malformed-messages|backup)\.)/;
/** Files that take a good part of a minute. */
const LONG = /\/test\/(system|workflows|embedded\/presence|client\/cli\/closed-pipes)/;

/** Rules on plain data: no process, no server, no clock, nothing global that they change. */
const RULES = ['test/domain/**/*.test.ts', 'test/words/**/*.test.ts', 'test/contract/**/*.test.ts'];

/** Mostly rules as well, with files and stubs. */
const MOSTLY_RULES = ['activities', 'bench', 'client', 'config', 'temporal'];
/** What would be so for the next file, too: another module, another environment or clock, a server, an SDK that is set up once. */
const LASTS =
  /\bvi\.(mock|doMock|stub|spyOn|useFakeTimers)|\bprocess\.(env|chdir|umask|on|emit|kill|exit|std|getuid)|node:child_process|\b(start|new|connect)[A-Z]?\w*(System|Server|Workers?|Place|Runtime|Proxy|TinyTask)\(|\b(buildOnce|placeOf|quietRuntime|inProcess|serve)\(|support\/(command|command-line)\.ts/;

/** Those of them that leave nothing behind. */
function filesThatLeaveNothing(): string[] {
  return MOSTLY_RULES.flatMap((folder) =>
    readdirSync(join(import.meta.dirname, 'test', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/${folder}/${name.replaceAll('\\', '/')}`),
  ).filter((file) => !LASTS.test(readFileSync(join(import.meta.dirname, file), 'utf8')));
}

class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // Those that share a process last, together: it goes on with the next file only if that one may share it, too.
    const place = ({ moduleId, project }: TestSpecification) =>
      project.name === 'rules'
        ? 4
        : project.name === 'tidy'
          ? 3
          : LONGEST.test(moduleId)
            ? 0
            : LONG.test(moduleId)
              ? 1
              : 2;
    return sorted.sort((a, b) => place(a) - place(b));
  }
}

const limits = {
  pool: 'forks',
  // Over all projects. Many tests start servers and processes of their own, and wait for them: three keep two processors busy.
  maxWorkers: 3,
  // Only what fails takes that long: a file has no time-outs of its own, but where it needs longer ones.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 60_000, interval: 50 } },
} as const;

const shared = [...RULES, ...filesThatLeaveNothing()];

/** Small files that start servers and end them, and leave nothing else. */
const TIDY = ['metrics', 'notify', 'os', 'tinytask'].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    ...limits,
    globalSetup: ['scripts/tidy-tests.mjs'],
    sequence: { sequencer: LongOnesFirst },
    projects: [
      // Files that share a process, since its start and what they import takes longer than they do.
      { test: { ...limits, name: 'rules', include: shared, isolate: false } },
      { test: { ...limits, name: 'tidy', include: TIDY, isolate: false } },
      {
        test: {
          ...limits,
          name: 'all else',
          include: ['test/**/*.test.ts'],
          exclude: ['dist/**', 'node_modules/**', ...shared, ...TIDY],
        },
      },
    ],
  },
});
