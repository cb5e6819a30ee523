/**
 * The script that a scripted model plays. It stands in the prompt, one step to a line:
 *
 *     MODEL: say All good.                         the final answer
 *     MODEL: tool add_comment {"task_id": 1}       calls the offered tool of that name, or named `…__add_comment`
 *     MODEL: shell ls -l                           calls the developer extension's shell
 *     MODEL: loop                                  repeats the tool call before it for ever (`true` in the shell if none)
 *     MODEL: wait 3s                               waits before the next step (`500ms`, `2m`)
 *     MODEL: fail 500 out of order                 answers with that HTTP status and message
 *     MODEL: cut                                   breaks off in the middle of the answer
 *     MODEL: tear                                  breaks off in the middle of a tool call, as if it were whole
 *     MODEL: empty                                 answers with nothing
 *     MODEL: length                                stops half way, at the output limit
 *
 * goose fills in `{{ task_id }}` and the like before it sends the prompt, so a step may use them. `{{` is goose's,
 * so write `{ {` where JSON nests. A script that ends without an answer ends with a short friendly one.
 */
export type Step =
  | { kind: 'say'; text: string }
  | { kind: 'tool'; tool: string; args: Record<string, unknown> }
  | { kind: 'loop' }
  | { kind: 'wait'; waitMs: number }
  | { kind: 'fail'; status: number; message: string }
  | { kind: 'cut' }
  | { kind: 'tear' }
  | { kind: 'empty' }
  | { kind: 'length' };

const LINE = /^[ \t>*-]*MODEL:[ \t]*([a-z]+)\b[ \t]*(.*)$/gm;
const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000 };
const SHELL = 'shell';

/** The steps in a text, in order; none if it has no `MODEL:` line. Throws on a line that it cannot read, quoting it. */
export function parseScript(text: string): Step[] {
  return [...text.matchAll(LINE)].map(([line, verb = '', rest = '']) => step(verb, rest.trim(), line.trim()));
}

function step(verb: string, rest: string, line: string): Step {
  switch (verb) {
    case 'say':
      return { kind: 'say', text: rest };
    case 'shell':
      return { kind: 'tool', tool: SHELL, args: { command: rest } };
    case 'tool':
      return toolStep(rest, line);
    case 'wait': {
      const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(rest) ?? [];
      if (amount === undefined) throw new Error(`"${line}": write a time such as 3s, 500ms or 2m`);
      return { kind: 'wait', waitMs: Number(amount) * (UNIT_MS[unit] ?? 1) };
    }
    case 'fail': {
      const [, status = '500', message = ''] = /^(\d{3})?\s*(.*)$/.exec(rest) ?? [];
      return { kind: 'fail', status: Number(status), message: message || 'scripted failure' };
    }
    case 'loop':
    case 'cut':
    case 'tear':
    case 'empty':
    case 'length':
      return { kind: verb };
    default:
      throw new Error(
        `"${line}": unknown step "${verb}"; use say, tool, shell, loop, wait, fail, cut, tear, empty or length`,
      );
  }
}

function toolStep(rest: string, line: string): Step {
  const [, tool, json] = /^(\S+)\s*(.*)$/.exec(rest) ?? [];
  if (tool === undefined) throw new Error(`"${line}": name the tool, then its arguments as a JSON object`);
  try {
    const args: unknown = JSON.parse(json || '{}');
    if (typeof args === 'object' && args !== null && !Array.isArray(args)) {
      return { kind: 'tool', tool, args: args as Record<string, unknown> };
    }
  } catch {
    // said below
  }
  throw new Error(`"${line}": the arguments after ${tool} are not a JSON object`);
}

/** What the model does for one request. */
export interface Turn {
  waitMs: number;
  step: Exclude<Step, { kind: 'wait' } | { kind: 'loop' }>;
}

/**
 * The turn that is due after `toolCallsSoFar` tool calls in the conversation. The place in the script is found from
 * the conversation alone, so a request that is sent again, or one on the side, uses up no step.
 */
export function turnAfter(script: Step[], toolCallsSoFar: number): Turn {
  let waitMs = 0;
  let toolCallsLeft = toolCallsSoFar;
  let lastTool: Turn['step'] = { kind: 'tool', tool: SHELL, args: { command: 'true' } };
  for (const step of script) {
    if (step.kind === 'wait') {
      waitMs += step.waitMs;
    } else if (step.kind === 'loop') {
      return { waitMs, step: lastTool };
    } else if (step.kind === 'tool' && toolCallsLeft > 0) {
      toolCallsLeft -= 1;
      lastTool = step;
      waitMs = 0;
    } else {
      return { waitMs, step };
    }
  }
  const text =
    script.length === 0 ? 'Hello! There is no script for me in this prompt, so I am done.' : 'Done.';
  return { waitMs, step: { kind: 'say', text } };
}
