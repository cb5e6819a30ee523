import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { sayProgram } from '../../domain/attempt/judge-command.ts';
import { isExecutable } from '../../os/executable.mjs';
import { NotRunnable, Unfit, UnfitTask } from './unfit.ts';

/** Of a file: enough for its kind, and for the interpreter that a script names. The kernel reads as much. */
const HEAD_BYTES = 256;
/** How programs begin: ELF, and Mach-O of either byte order, of one machine or of several. */
const MAGICS = ['7f454c46', 'feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'];

/**
 * The real path of a program of BIN_DIR: a regular file that this user may execute, inside it once all links are resolved.
 * It is looked at without a pause in between, so that it may be asked in the tick of the start; what others put into its place
 * after that is run.
 *
 * @param named its path from BIN_DIR, as its schedule has it
 * @throws NotRunnable where it is outside @throws UnfitTask where there is no such program, or none that can be started
 * @throws Unfit where BIN_DIR itself cannot be used
 */
export function programInBinDir(binDir: string, named: string): string {
  const program = sayProgram(named);
  const home = realBinDir(binDir);
  if (isAbsolute(named) || named.split('/').includes('..'))
    throw new NotRunnable(
      `the program ${program} is not run: a schedule names it by its path inside ${binDir} (TINYSCHEDULER_BIN_DIR), without ".."`,
    );
  if (named === '' || named.includes('\0')) throw new NotRunnable(`${program} names no program`);
  const path = realPath(home, named, binDir);
  if (!isInside(home, path))
    throw new NotRunnable(
      `the program ${program} is not run: it leads out of ${binDir} (TINYSCHEDULER_BIN_DIR), to ${path}`,
    );
  const problem = problemOf(path);
  if (problem !== undefined) throw new UnfitTask(`the program ${program} in ${binDir} ${problem}`);
  return path;
}

/** @throws Unfit where it is no directory that can be used */
function realBinDir(binDir: string): string {
  try {
    const real = realpathSync(binDir);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const how = code === 'ENOENT' ? 'does not exist: make it' : `cannot be used (${code}): mend that`;
    throw new Unfit(`the directory of programs ${binDir} ${how}, or correct TINYSCHEDULER_BIN_DIR`);
  }
  throw new Unfit(`TINYSCHEDULER_BIN_DIR ${binDir} is not a directory: correct it`);
}

function realPath(home: string, named: string, binDir: string): string {
  const program = sayProgram(named);
  try {
    return realpathSync(join(home, named));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new UnfitTask(
      code === 'ENOENT' || code === 'ENOTDIR'
        ? `there is no program ${program} in ${binDir}: ${stepToMend(home, named)}`
        : `the program ${program} in ${binDir} cannot be looked at (${code})`,
    );
  }
}

/** Who comes from cron may have written a whole line of the shell. */
function stepToMend(home: string, named: string): string {
  const [first = '', ...rest] = named.split(' ');
  return first !== '' && rest.length > 0 && existsSync(join(home, first))
    ? `if ${sayProgram(first)} is meant, give it its arguments one by one, with \`--arg\` (\`args\` of a definition)`
    : 'put it there, or correct its schedule';
}

function isInside(home: string, path: string): boolean {
  const way = relative(home, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Why a file cannot be started, as a clause that goes on from its name; undefined: nothing is known against it. */
function problemOf(path: string): string | undefined {
  try {
    if (!statSync(path).isFile()) return 'is no file';
    accessSync(path, constants.X_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return `may not be executed (${code}): \`chmod +x\` it`;
  }
  const head = headOf(path);
  if (head === undefined || MAGICS.includes(head.toString('hex', 0, 4))) return undefined;
  const [, interpreter] = /^#![ \t]*([^ \t\n\0]+)/.exec(head.toString('latin1')) ?? [];
  // The C library would have a shell read it, whatever it is written in.
  if (interpreter === undefined)
    return 'is neither a program for this machine nor a script that says what runs it: begin it with a line like "#!/bin/sh"';
  if (isAbsolute(interpreter) && isExecutable(interpreter)) return undefined;
  const ending = interpreter.endsWith('\r') ? ', whose line ends as on Windows (CR LF)' : '';
  return `names ${sayProgram(interpreter)} in its first line${ending}, and that cannot be executed`;
}

/** Undefined where it may be run and not read, as no script can. */
function headOf(path: string): Buffer | undefined {
  try {
    // Should it be a pipe by now, nobody waits for it.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
