import { existsSync } from 'node:fs';
import type { Stop } from '../../domain/attempt/judge.ts';
import { judgeCommand, sayProgram } from '../../domain/attempt/judge-command.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { withoutSecrets } from '../../domain/secret-values.ts';
import { programInBinDir } from '../program/bin-dir.ts';
import { Unfit, UnfitTask, unfitVerdict } from '../program/unfit.ts';
import { startReason } from '../start/start.ts';
import { type OtherProgram, runOtherProgram } from './other-program.ts';
import type { ProgramOptions } from './to-the-end.ts';

export interface CommandSpec extends Omit<OtherProgram, 'command' | 'who' | 'check'> {
  binDir: string;
  /** As its schedule names the program. */
  program: string;
  /** Where `programInBinDir` has found it. */
  path: string;
  args: readonly string[];
  /** Of the agent, with the path of its program: it ends when what it starts ends, and with the same code. */
  launchPrefix?: readonly string[] | undefined;
}

export interface CommandResult {
  verdict: Verdict;
  stopped: Stop | undefined;
  /** Milliseconds since 1970, as is `endedAt`. */
  startedAt: number;
  endedAt: number;
  logName: string;
  logProblem?: string;
}

/**
 * Runs a program of BIN_DIR, without a shell. It is looked at once more in the tick of the start. Resolves only when nothing of
 * it is alive any more. One that cannot be started is a verdict too; only a failing `onStarted` rejects.
 */
export async function runCommand(spec: CommandSpec, options: ProgramOptions): Promise<CommandResult> {
  const { binDir, program: named, path, args, launchPrefix = [], ...rest } = spec;
  const program = sayProgram(named);
  const [file = path, ...before] = [...launchPrefix, path];
  const check = () => {
    if (programInBinDir(binDir, named) === path) return;
    throw new UnfitTask(`the program ${program} was changed while its run began`);
  };
  const { ended, last, log, startedAt, endedAt } = await runOtherProgram(
    { ...rest, command: { file, args: [...before, ...args] }, check, who: program },
    options,
  );
  const lastLine = last.lines((text) => withoutSecrets(text, spec.env)).at(-1);
  const verdict =
    'startError' in ended
      ? notStarted(ended.startError, { program, file, cwd: spec.cwd })
      : judgeCommand({ program, lastLine, ...ended });
  return {
    ...{ verdict, startedAt, endedAt, logName: log.name },
    stopped: 'stopped' in ended ? ended.stopped : undefined,
    ...(log.problem !== undefined && { logProblem: log.problem }),
  };
}

/** Of what its schedule has given, arguments that are too long; anything else is its host's. */
function notStarted(
  error: NodeJS.ErrnoException,
  { program, file, cwd }: { program: string; file: string; cwd: string },
): Verdict {
  if (error instanceof Unfit) return unfitVerdict(error);
  const kind = error.code === 'E2BIG' ? 'task-misconfigured' : 'misconfigured';
  const isGone = error.code === 'ENOENT' && existsSync(cwd);
  const why = isGone ? `there is no ${file}` : startReason({ file, args: [] }, cwd, error);
  return { kind, reason: `${program} could not be started: ${why}` };
}
