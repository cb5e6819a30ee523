import { execa } from 'execa';
import { inProcessAt } from '../in-process.ts';
import { asShown, firstWrong, type Where } from './printed.ts';
import type { Step } from './steps.ts';

export interface Shell extends Where {
  env: Record<string, string>;
  /** Exit code of the command before, for `echo $?`. */
  lastCode: number;
}

export interface Ran {
  /** What it printed last, with the names of the document. */
  printed: string[];
  /** What does not hold, for the reader of a failed test; undefined: all does. */
  wrong: string | undefined;
}

const LOOK_AGAIN_MS = 300;
const LONGEST_MS = 60_000;
/** What changes nothing, and so may be asked until what it tells has come. */
const LOOKS =
  /^(\.\/tinyscheduler (schedule (?:list|show|next|history|missed(?! --(?:run|skip))|export)|status|check|pools|agents|tasks|runs|report|explain|logs|config|validate-config|forecast|what-if)\b(?! set-limit)|cat |ls |grep |tail |head )/;

/** Carries a step out. `next`: the step after it, which may tell the exit code. `patienceMs`: for a look that does not hold yet. */
export async function runStep(
  shell: Shell,
  step: Step,
  next: Step | undefined,
  patienceMs: number,
): Promise<Ran> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const ran = await once(shell, step, next);
    if (ran.wrong === undefined || !LOOKS.test(step.command) || performance.now() > untilMs) return ran;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** Of the guides most steps are these, and a process of its own takes each most of a second of processor time. */
const CALL = /^\.\/tinyscheduler (?!(start|run|stop|drain|worker|serve|temporal|backup|restore)( |$))/;
/** A word as a shell reads it, where it has nothing to do with it but to take quotes away. */
const WORD = /'([^'\n]*)'|"([^"$`\\\n]*)"|([\w./@:+=,%-]+)/;
const WORDS = new RegExp(`^(?:(?:${WORD.source})(?: +|$))+$`);

/** What is given to a plain call of tinyscheduler; undefined where it takes a shell, or a process. */
export function plainCall(command: string): string[] | undefined {
  if (!CALL.test(command) || !WORDS.test(command)) return undefined;
  const words = [...command.matchAll(new RegExp(WORD, 'g'))];
  return words.slice(1).map(([, single, double, bare]) => single ?? double ?? bare ?? '');
}

async function carriedOut(shell: Shell, command: string): Promise<{ code: number; all: string }> {
  const call = plainCall(command);
  if (call !== undefined)
    return await inProcessAt(call, { cwd: shell.dir, env: shell.env, calledAs: './tinyscheduler' }).then(
      ({ code, all }) => ({ code: code ?? -1, all }),
    );
  const result = await execa('bash', ['-c', `(exit ${shell.lastCode})\n${command}`], {
    ...{ cwd: shell.dir, env: shell.env, extendEnv: false, reject: false, all: true },
    ...{ stdin: 'ignore', timeout: LONGEST_MS },
  });
  return { code: result.exitCode ?? -1, all: result.all ?? '' };
}

async function once(shell: Shell, { line, command, shown }: Step, next: Step | undefined): Promise<Ran> {
  const { code, all } = await carriedOut(shell, command);
  const printed = asShown(all, shell);
  const expected = next?.command === 'echo $?' && next.shown !== undefined ? Number(next.shown[0]) : 0;
  shell.lastCode = code;
  const at = shown && firstWrong(shown, printed);
  const said = `\nprinted:\n${printed.join('\n')}\n`;
  if (at !== undefined) {
    const where = line + command.split('\n').length + at;
    return {
      printed,
      wrong: `line ${where} does not hold: ${shown?.[at] ?? '(nothing more is shown)'}${said}`,
    };
  }
  const wrong =
    code === expected ? undefined : `line ${line} ends with exit code ${code}, not ${expected}${said}`;
  return { printed, wrong };
}
