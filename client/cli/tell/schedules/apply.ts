import { dirname, resolve } from 'node:path';
import { stdin } from 'node:process';
import type { Applied } from '../../../../contract/schedule-applied.ts';
import type { FileProblem } from '../../../../contract/schedule-file.ts';
import { firstOf } from '../../../../domain/cut.ts';
import { sayApplied, sayPlan } from '../../../../words/schedule-applied.ts';
import { sayFileProblem, sayFileWarning } from '../../../../words/schedule-file.ts';
import { descriptionsIn } from '../../../schedules/file/description-file.ts';
import { openFile } from '../../../schedules/file/open-file.ts';
import { overProblems } from '../../../schedules/file/over.ts';
import { readSchedules, type Wanted } from '../../../schedules/file/read-file.ts';
import { surroundingsOf } from '../../../schedules/surroundings.ts';
import { type Context, UsageError } from '../../call/context.ts';
import { saidBy } from '../../call/said-by.ts';
import { print, say } from '../../show/print.ts';
import { withScheduler } from '../commands.ts';

export interface ApplyOptions {
  /** A path, or `-` for what is piped. */
  file: string;
  dryRun?: boolean;
  prune?: boolean;
  note?: string;
}

const MOST_SAID = 50;

/**
 * `schedule apply`. Exit code 2, and nothing is done, where the file has a problem; 1 where something of it could not be done.
 */
export async function applyFile(context: Context, options: ApplyOptions): Promise<number> {
  const { file, dryRun = false, prune = false, note } = options;
  const wanted = await readWanted(context, file);
  return withScheduler(context, async ({ schedules }) => {
    let refused: UsageError | undefined;
    const agree = (plan: readonly Applied[]) => {
      const problems = overProblems(wanted, plan);
      if (problems.length > 0) refused = fileError(file, problems);
      else for (const line of sayPlan(plan)) print(line);
      return refused === undefined;
    };
    const how = { dryRun, prune, agree, tell };
    const applied = await schedules.apply(wanted, how, saidBy(note));
    if (refused !== undefined) throw refused;
    if (dryRun) return ['Nothing was done (dry run).'];
    return ended(applied);
  });
}

async function readWanted({ loaded }: Context, file: string): Promise<Wanted[]> {
  const text = await openFile(file === '-' ? stdin : resolve(file));
  if (typeof text !== 'string') throw fileError(file, [text]);
  const around = await surroundingsOf(loaded.config);
  const folder = file === '-' ? process.cwd() : dirname(resolve(file));
  const { wanted, problems, warnings } = await readSchedules(text, around, descriptionsIn(folder));
  if (problems.length > 0) throw fileError(file, problems);
  for (const warning of firstOf(warnings.map(sayFileWarning), MOST_SAID)) say(warning);
  return wanted;
}

function fileError(file: string, problems: readonly FileProblem[]): UsageError {
  const name = file === '-' ? 'what is piped' : JSON.stringify(file);
  const said = firstOf(problems.map(sayFileProblem), MOST_SAID);
  return new UsageError(
    [`schedule apply: nothing was done, since ${name} cannot be used`, ...said].join('\n'),
  );
}

function tell(done: Applied): void {
  if (done.did === 'failed') say(sayApplied(done));
  else print(sayApplied(done));
}

function ended(applied: readonly Applied[]): { lines: string[]; code: number } {
  const failed = applied.filter(({ did }) => did === 'failed').length;
  if (failed === 0) return { lines: [], code: 0 };
  const done = applied.filter(({ did }) => did === 'created' || did === 'edited' || did === 'deleted').length;
  return { lines: [`${done} done, ${failed} failed: apply the file again when that is mended.`], code: 1 };
}
