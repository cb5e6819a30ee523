import { sayComplaint } from './goose-complaints.ts';
import { extensionKey, type GooseMessage, meaningOf, type Nameable, seeLog } from './goose-messages.ts';
import type { Verdict, VerdictKind } from './verdict.ts';

/** Why a run was stopped from our side. */
export type StopWhy =
  | 'timed-out'
  | 'stalled'
  | 'looping'
  | 'cancelled'
  | 'task-gone'
  | 'lease-lost'
  | 'shutdown';

export interface Stop {
  why: StopWhy;
  /** One clause for people, such as `no output for 10 minutes`. */
  detail: string;
}

/** The last assistant message, its parts with one id merged. */
export interface LastAnswer {
  /**
   * `model`: it has `metadata.inference`. `goose`: it has not, so goose wrote it. `final-output`: goose's message
   * repeats what the model has just handed to `recipe__final_output`; that is how a recipe with a `response` ends.
   */
  from: 'model' | 'goose' | 'final-output';
  hasText: boolean;
  /** The model asked for a tool after its last text. */
  endsWithToolCall: boolean;
  outputTokenLimitReached: boolean;
  /** What goose said, where `from` is `goose`. */
  own?: GooseMessage;
}

/** What is known of a goose run that has ended, for `judge`. */
export interface RunFacts {
  exitCode: number | null;
  /** The signal that ended goose, such as `SIGTERM`. */
  signal: string | null;
  /** Set if we stopped it. */
  stopped?: Stop;
  lastAnswer?: LastAnswer;
  /** goose's `error` events: it gave up. */
  errors: GooseMessage[];
  /** From stderr: MCP extensions that did not start. goose goes on without them. */
  extensionFailures: { name: string; detail: string }[];
  /** goose's complaint about how it was started, one line, if it made one. */
  startError?: string;
  /** It wrote something to stdout, as goose does first of all. */
  wroteAnything?: true;
  /** Lines of stdout that could not be read, because they were too long or broken JSON. */
  unreadableLines: number;
  /** The agent's last tool call did not reach its server: what goose says of it. A later call that arrives clears it. */
  toolCallLost?: string;
  /** How goose knows our TinyTask. */
  ownExtension?: { name: string; url: string };
  /**
   * Set where a tag of the task has named the recipe, so that what is wrong with it is the task's: what else the recipe
   * brings itself, and does not take from the agent's goose.
   */
  taskRecipe?: { model: boolean; extensions: boolean };
  /** The program of the agent's launch prefix, which was to start goose. */
  launcher?: string;
  nameable?: Nameable;
}

/** What has to be mended: the recipe itself, its extensions, the model it asks, or goose on its host. */
type About = 'recipe' | 'extensions' | 'model' | 'goose';

/** By why a run was stopped, its verdict. */
export const STOP_KINDS: Record<StopWhy, VerdictKind> = {
  'timed-out': 'timed-out',
  stalled: 'stalled',
  looping: 'looping',
  cancelled: 'cancelled',
  'task-gone': 'cancelled',
  shutdown: 'cancelled',
  'lease-lost': 'worker-lost',
};

/**
 * What a goose run turned out to be. It is `completed` only on evidence: the model had the last word, with text and
 * not cut off by the output limit, and nothing speaks against it. Exit code 0 proves nothing, since goose exits 0
 * when the model cannot be reached, too; tokens prove nothing either. Only `--output-format stream-json` is read:
 * output in any other format is no evidence, so such a run is `agent-failed`.
 */
export function judge(facts: RunFacts): Verdict {
  if (facts.stopped) return stoppedVerdict(facts.stopped);
  return (
    endedBySignal(facts) ??
    extensionMissing(facts) ??
    tinyTaskLost(facts) ??
    gaveUp(facts) ??
    fromLastAnswer(facts)
  );
}

/** Of a run that we stopped. */
export function stoppedVerdict({ why, detail }: Stop): Verdict {
  return { kind: STOP_KINDS[why], reason: detail };
}

function endedBySignal({ signal, exitCode }: RunFacts): Verdict | undefined {
  // A shell in between reports a signal as 128 + its number.
  const name = signal ?? (exitCode === 143 ? 'SIGTERM' : exitCode === 137 ? 'SIGKILL' : null);
  if (name === null) return undefined;
  const hint = name === 'SIGKILL' ? ', perhaps because memory ran out' : '';
  return { kind: 'agent-failed', reason: `goose was ended by ${name} from outside${hint}` };
}

/** An agent without its tools may well answer something, so this comes before its answer. */
function extensionMissing(facts: RunFacts): Verdict | undefined {
  const { extensionFailures, ownExtension, nameable } = facts;
  const ours = extensionFailures.find(
    ({ name, detail }) =>
      ownExtension !== undefined && (name === ownExtension.name || mentionsUrl(detail, ownExtension.url)),
  );
  const theirs = extensionFailures.find((failure) => failure !== ours);
  if (theirs) {
    const known = nameable?.extensions.find((name) => extensionKey(name) === extensionKey(theirs.name));
    const which = known === undefined ? 'an extension' : `the extension "${known}"`;
    const reason = `${which} did not start: look at it in the recipe or in goose's configuration`;
    return misconfigured(facts, 'extensions', reason);
  }
  if (!ours) return undefined;
  return {
    kind: 'tinytask-unavailable',
    reason: 'goose could not reach TinyTask, so the agent had no task tools',
  };
}

/** The model may say that it handed the task on, or commented, when the call never arrived. */
function tinyTaskLost({ toolCallLost, ownExtension }: RunFacts): Verdict | undefined {
  if (toolCallLost === undefined || ownExtension === undefined) return undefined;
  if (!mentionsUrl(toolCallLost, ownExtension.url)) return undefined;
  const reason = 'TinyTask could not be reached while the agent worked, so its last tool call was lost';
  return { kind: 'tinytask-unavailable', reason };
}

/** Whose it is to mend: the task's where the recipe that its tag names has brought it, else the agent's. */
function misconfigured({ taskRecipe }: RunFacts, about: About, reason: string): Verdict {
  return { kind: isOfTask(about, taskRecipe) ? 'task-misconfigured' : 'misconfigured', reason };
}

function isOfTask(about: About, taskRecipe: RunFacts['taskRecipe']): boolean {
  if (taskRecipe === undefined) return false;
  switch (about) {
    case 'recipe':
      return true;
    case 'extensions':
      return taskRecipe.extensions;
    case 'model':
      return taskRecipe.model;
    case 'goose':
      return false;
  }
}

/** What goose says in its own name; all that a person has to mend there is about the model. */
function fromGoose(facts: RunFacts, message: GooseMessage): Verdict {
  const verdict = meaningOf(message, facts.nameable);
  return verdict.kind === 'misconfigured' ? misconfigured(facts, 'model', verdict.reason) : verdict;
}

function mentionsUrl(text: string, url: string): boolean {
  const at = text.indexOf(url);
  return at >= 0 && !/[\w/-]/.test(text.charAt(at + url.length));
}

/** goose ended with an error, or did not start at all. */
function gaveUp(facts: RunFacts): Verdict | undefined {
  const error = facts.errors.at(-1);
  if (error) {
    // The message that precedes the error event is the same, with its kind.
    const kind = error.kind ?? facts.lastAnswer?.own?.kind;
    return fromGoose(facts, kind === undefined ? error : { ...error, kind });
  }
  if (facts.exitCode === 0) return undefined;
  if (facts.startError !== undefined && facts.lastAnswer === undefined) {
    const about = /provider|model|api key/i.test(facts.startError) ? 'model' : 'recipe';
    const known = sayComplaint(facts.startError);
    const mend = known?.mend === undefined ? '' : `; ${known.mend}`;
    return misconfigured(
      facts,
      about,
      `goose did not start: ${known?.says ?? seeLog(facts.nameable)}${mend}`,
    );
  }
  if (facts.launcher !== undefined && !facts.wroteAnything) {
    const how = facts.exitCode === null ? '' : ` (it ended with code ${facts.exitCode})`;
    const reason = `${JSON.stringify(facts.launcher)} of the agent's launchPrefix did not start goose${how}: ${seeLog(facts.nameable)}`;
    return misconfigured(facts, 'goose', reason);
  }
  if (facts.exitCode === 127 && facts.lastAnswer === undefined) {
    // A shell's code for a command that it did not find: goose is a script around another goose.
    return misconfigured(facts, 'goose', 'goose did not start: a command that it is made of was not found');
  }
  if (facts.lastAnswer?.from === 'goose') return undefined;
  const code = facts.exitCode === null ? 'without an exit code' : `with code ${facts.exitCode}`;
  return { kind: 'agent-failed', reason: `goose exited ${code}: ${seeLog(facts.nameable)}` };
}

function fromLastAnswer(facts: RunFacts): Verdict {
  const { lastAnswer, unreadableLines } = facts;
  if (lastAnswer === undefined) {
    const hint = unreadableLines > 0 ? ` (${unreadableLines} lines of its output could not be read)` : '';
    return { kind: 'agent-failed', reason: `goose ended without an answer from the model${hint}` };
  }
  if (lastAnswer.from === 'goose') return fromGoose(facts, lastAnswer.own ?? { text: '' });
  if (lastAnswer.outputTokenLimitReached) {
    return { kind: 'agent-failed', reason: 'the answer was cut off at the output limit of the model' };
  }
  if (lastAnswer.endsWithToolCall) {
    return { kind: 'agent-failed', reason: 'goose ended in the middle of its work, after a tool call' };
  }
  if (!lastAnswer.hasText)
    return { kind: 'agent-failed', reason: 'the last answer of the model has no text' };
  return { kind: 'completed', reason: 'the model gave its final answer' };
}
