import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { judgeVerify } from '../../domain/attempt/done.ts';
import type { Stop } from '../../domain/attempt/judge.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import { withoutSecrets } from '../../domain/secret-values.ts';
import { programPath } from '../../os/executable.mjs';
import { startReason } from '../start/start.ts';
import { runOtherProgram } from './other-program.ts';
import type { GooseRunSpec } from './run.ts';
import type { ProgramOptions } from './to-the-end.ts';

export interface VerifySpec extends Pick<GooseRunSpec, 'env' | 'cwd' | 'token' | 'log' | 'graceMs' | 'held'> {
  command: readonly string[];
  maxRuntimeSec: number;
}

export interface VerifyResult {
  /** Undefined: it has exited 0. */
  verdict: Verdict | undefined;
  stopped: Stop | undefined;
  /** For people: the last ones that it wrote. */
  lines: string[];
  seconds: number;
  logName: string;
}

const NOT_THERE: NodeJS.ErrnoException = Object.assign(new Error('not on PATH'), { code: 'ENOENT' });

/**
 * Runs the command that verifies the work of a goose that has ended: in the same directory, with the same environment and
 * token, and held as goose was. Resolves only when nothing of it is alive any more; only a failing `onStarted` rejects.
 */
export async function runVerify(spec: VerifySpec, options: ProgramOptions): Promise<VerifyResult> {
  const { maxRuntimeSec, cwd } = spec;
  const [program = '', ...args] = spec.command;
  // A name with a slash is found from where it runs.
  const file = program.includes('/') ? program : programPath(program, spec.env.PATH);
  const command = { file: file ?? program, args };
  const check = () => {
    if (file === undefined) throw NOT_THERE;
  };
  const limits = { maxRuntimeMs: maxRuntimeSec * 1000, stallMs: 0 };
  const { ended, last, log, startedAt, endedAt } = await runOtherProgram(
    { ...spec, ...limits, command, check },
    options,
  );
  const whyNot = (error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' && existsSync(cwd) ? `there is no ${program}` : startReason(command, cwd, error);
  const facts = { program: basename(program), maxRuntimeSec };
  const verdict =
    'startError' in ended
      ? judgeVerify({
          ...facts,
          exitCode: null,
          signal: null,
          startError: whyNot(ended.startError),
        })
      : judgeVerify({ ...facts, ...ended });
  return {
    verdict,
    stopped: 'stopped' in ended ? ended.stopped : undefined,
    lines: last.lines((text) => withoutSecrets(text, spec.env)),
    seconds: Math.round((endedAt - startedAt) / 100) / 10,
    logName: log.name,
  };
}
