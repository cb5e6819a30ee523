// docs/operations.md and docs/schedules.md are run by tests. Their blocks of the kind `console` are what one sees on a screen:
//
//     $ ./tinyscheduler status          a command; `> ` goes on with it in the next line
//     Scheduler: running                what it prints, with its errors
//     …                                 any lines; within a line, any text
//
// cram, scrut and byexample do the same; they need Python or Rust, and compare once, where a look at a system that works has to
// be asked again. Blocks begin in the first column, so a parser of Markdown would find nothing more.
//
// A comment of HTML is a command that the reader does not see: `<!-- $ touch go-1 -->`. The exit code is 0, unless the
// next command is `echo $?`.

/** A command of the document, and what it is to print. */
export interface Step {
  /** Of the command, counted from 1. */
  line: number;
  command: string;
  /** Undefined: the reader does not see it, and nothing is compared. */
  shown: string[] | undefined;
}

/** A block of commands that is not run here. */
export interface Block {
  line: number;
  lines: string[];
}

const HIDDEN = /^<!-- \$ (.+) -->$/;
const FENCE = /^```(.*)$/;

/** Everything of a document that is run, in its order. */
export function stepsOf(text: string): Step[] {
  return pieces(text).flatMap(({ kind, line, lines }) => {
    if (kind === 'hidden') return [{ line, command: lines[0] ?? '', shown: undefined }];
    return kind === 'console' ? stepsOfConsole(lines, line) : [];
  });
}

/** The blocks of a document that are not run. */
export function blocksOf(text: string): Block[] {
  return pieces(text).flatMap(({ kind, line, lines }) => (kind === 'sh' ? [{ line, lines }] : []));
}

/** `line`: of the first of `lines`. */
function pieces(text: string): { kind: string; line: number; lines: string[] }[] {
  const found: { kind: string; line: number; lines: string[] }[] = [];
  let open: (typeof found)[number] | undefined;
  for (const [at, content] of text.split('\n').entries()) {
    const [, kind] = FENCE.exec(content) ?? [];
    const [, hidden] = (!open && HIDDEN.exec(content)) || [];
    if (hidden !== undefined) found.push({ kind: 'hidden', line: at + 1, lines: [hidden] });
    else if (open && kind === '') open = undefined;
    else if (open) open.lines.push(content);
    else if (kind !== undefined) {
      open = { kind, line: at + 2, lines: [] };
      found.push(open);
    }
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line - 1} has no end`);
  return found;
}

function stepsOfConsole(lines: readonly string[], first: number): Step[] {
  const steps: (Step & { shown: string[] })[] = [];
  for (const [at, content] of lines.entries()) {
    const last = steps.at(-1);
    if (content.startsWith('$ ')) steps.push({ line: first + at, command: content.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`line ${first + at} belongs to no command`);
    else if (last.shown.length === 0 && content.startsWith('> ')) last.command += `\n${content.slice(2)}`;
    else last.shown.push(content);
  }
  return steps;
}

/** The document with what was printed in the place of what each of these steps showed. */
export function withPrinted(text: string, printed: ReadonlyMap<Step, string[]>): string {
  const lines = text.split('\n');
  const fromTheEnd = [...printed].sort(([a], [b]) => b.line - a.line);
  for (const [{ line, command, shown = [] }, now] of fromTheEnd)
    lines.splice(line - 1 + command.split('\n').length, shown.length, ...now);
  return lines.join('\n');
}
