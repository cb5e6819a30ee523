import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than a minute: whichever of them began last would be waited for alone, on one of the processors. */
const LONGEST =
  /\/test\/(embedded\/supervisor|page\/|docs\/guide(-schedules)?\.|workflows\/limits|client\/cli\/exit-codes|system\/(schedule-(away|keeper)|pool|pool-by-hand|one-truth|emergency|stop|lost-semaphore|two-hosts|run-once|huge-texts|published-scenarios|outages|malformed-messages|backup)\.)/;
/** Files that take a good part of a minute. */
const LONG = /\/test\/(system|workflows|embedded\/presence|client\/cli\/closed-pipes)/;

/** Rules on plain data: no process, no server, no clock, nothing global that they change. */
const RULES = ['domain', 'words', 'contract'];
/** Mostly rules as well, with files and stubs. */
const MOSTLY_RULES = ['activities', 'client', 'config', 'temporal'];
/** What makes a process another one for the next file, too: other modules, another clock, environment or folder, other listeners. */
const LASTS =
  /\bvi\.(mock|doMock|stub|spyOn|useFakeTimers)|\bprocess\.(env(?!\.PATH\b)|chdir|umask|on\(|emit|exit|std)/;
/** What takes time: a server, workers, a process, a command. */
const HEAVY =
  /node:child_process|\bprocess\.(kill|getuid)|\b(start|new|connect)[A-Z]?\w*(System|Server|Workers?|Place|Runtime|Proxy|TinyTask)\(|\b(buildOnce|placeOf|quietRuntime|inProcess|serve)\(|support\/(command|command-line)\.ts/;

const testFiles = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.test.ts'));

/** In which kind of process it runs. */
function kindOf(name: string): 'rules' | 'shared' | 'alone' {
  const folder = name.slice(0, name.indexOf('/'));
  if (RULES.includes(folder)) return 'rules';
  const text = readFileSync(join(import.meta.dirname, 'test', name), 'utf8');
  if (LASTS.test(text)) return 'alone';
  return MOSTLY_RULES.includes(folder) && !HEAVY.test(text) ? 'rules' : 'shared';
}
const filesOf = (kind: ReturnType<typeof kindOf>) =>
  testFiles.filter((name) => kindOf(name) === kind).map((name) => `test/${name}`);

/** A process goes on with the next file only if that one may share it, too: so those that share stay together, and rules are last. */
class LongOnesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId, project: { name } }: TestSpecification) => {
      const length = LONGEST.test(moduleId) ? 0 : LONG.test(moduleId) ? 1 : 2;
      if (name === 'alone') return length === 0 ? 0 : 4;
      return name === 'shared' ? 1 + length : 5;
    };
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
      { test: { ...limits, name: 'alone', include: filesOf('alone') } },
      // Files that share a process, since its start and what they import takes a second of processor time for each.
      { test: { ...limits, name: 'shared', include: filesOf('shared'), isolate: false } },
      { test: { ...limits, name: 'rules', include: filesOf('rules'), isolate: false } },
    ],
  },
});
