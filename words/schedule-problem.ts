import {
  type DefinitionProblem,
  type DefinitionWarning,
  type FieldName,
  TIMINGS,
} from '../contract/schedule-problem.ts';
import { nameProblem } from '../domain/names.ts';
import { lengthText } from '../domain/schedule/length-text.ts';
import { firstListed, listed } from './listed.ts';
import { sayReason } from './reason.ts';
import { sayTimingNote, sayTimingProblem } from './timing-problem.ts';

/** What a field is called where it was written: `max_per_job` in a file, `--max-per-job` on a command line. */
type Called = (field: FieldName) => string;

const LONGEST_QUOTE = 80;
const MOST_KNOWN = 20;

/** What is wrong with a definition of a schedule, and the mend, as a clause. */
export function sayDefinitionProblem(problem: DefinitionProblem, called: Called): string {
  switch (problem.code) {
    case 'no-name':
      return `it has no name: give it one (${called('name')})`;
    case 'no-timing':
      return `nothing says when it is due: give ${listed(TIMINGS.map(called), 'or')}`;
    case 'two-timings':
      return `${listed(problem.fields.map(called))} both say when it is due: keep one of them`;
    case 'nothing-to-do':
      return `nothing says what is to be done: give ${called('title')} for a task, or ${called('command')} for a program`;
    case 'not-for-commands':
      return `${listed(problem.fields.map(called))}: a program has no such thing, only a task has: keep either this or ${called('command')}`;
    case 'args-without-command':
      return `${called('args')}: only a program has arguments: give ${called('command')}, too`;
    case 'offset-without-every':
      return `${called('offset')}: only what is due ${called('every')} so long is moved by it`;
    case 'unknown-field':
      return `${quoted(problem.key)} is no field of a schedule${meant(problem)}`;
    case 'wrong-kind':
      return `${called(problem.field)} is no ${problem.wanted === 'list' ? 'list of texts' : 'text'}`;
    case 'unknown-word':
      return `${called(problem.field)} is ${quoted(problem.value)}: it is one of ${problem.known.join(', ')}${meant(problem)}`;
    default:
      return sayBadValue(problem, called);
  }
}

/** The same where the field is named beside it. @param field as it is named in the clause */
export function sayBesideField(problem: DefinitionProblem, called: Called, field: string): string {
  const says = sayDefinitionProblem(problem, called);
  return says.startsWith(`${field}: `) ? says.slice(`${field}: `.length) : says;
}

type Of<Codes extends string> = Extract<DefinitionProblem, { code: Codes }>;
type BadValue = Exclude<
  DefinitionProblem,
  Of<
    | `no-${'name' | 'timing'}`
    | `unknown-${string}`
    | 'two-timings'
    | 'nothing-to-do'
    | 'not-for-commands'
    | 'args-without-command'
    | 'offset-without-every'
    | 'wrong-kind'
  >
>;

function sayBadValue(problem: BadValue, called: Called): string {
  switch (problem.code) {
    case 'bad-name':
      return `${called(problem.field)}: ${nameProblem(problem.value) ?? quoted(problem.value)}`;
    case 'bad-timing':
      return `${called(problem.field)}: ${sayTimingProblem(problem.timing)}`;
    case 'another-timing':
      return `${called('schedule_type')} is ${quoted(problem.type)}, and there is ${called(problem.field)}: keep one of them`;
    case 'no-duration': {
      const span = `from ${lengthText(problem.leastMs)} to ${lengthText(problem.mostMs)}`;
      return `${called(problem.field)} is ${quoted(problem.value)}: it is a time ${span}, such as 90s, 10m, 1h30m or 2d`;
    }
    case 'no-number':
      return `${called(problem.field)} is ${quoted(problem.value)}: it is a whole number from ${problem.least} to ${problem.most}`;
    case 'too-long':
      return `${called(problem.field)} has ${problem.chars} characters: at most ${problem.most} are allowed`;
    case 'too-many':
      return `${called(problem.field)} has ${problem.count} entries: at most ${problem.most} are allowed`;
    case 'control-characters':
      return `${called(problem.field)} has a control character or a line break in it: remove it`;
    case 'own-tag':
      return `${called('tags')}: ${quoted(problem.tag)} begins as a tag that TinyScheduler sets itself: ${
        /^recipe/i.test(problem.tag) ? `name the recipe in ${called('recipe')}` : 'choose another one'
      }`;
    case 'recipe-unusable':
      return `${called('recipe')} is ${quoted(problem.recipe)}: ${problem.text}`;
    case 'no-bin-dir':
      return `${called('command')}: no program is run, since TINYSCHEDULER_BIN_DIR is not set: name the directory with the programs there`;
    case 'leaves-bin-dir':
      return `${called('command')}: ${problem.text}`;
  }
}

/** What a person should know of a definition that is used all the same, as a clause. */
export function sayDefinitionWarning(warning: DefinitionWarning, called: Called): string {
  switch (warning.code) {
    case 'unknown-queue':
      return `nobody takes its tasks now: ${sayReason({ why: 'no-agent-for-queue', queue: warning.queue })}${nearOrKnown(warning)}`;
    case 'unknown-agent':
      return `nobody takes its tasks now: they are ${sayReason({ why: 'unknown-agent', agent: warning.agent })}${nearOrKnown(warning)}`;
    case 'timing':
      return sayTimingNote(warning.note);
    case 'for-nobody':
      return `its tasks have neither a queue nor an agent, so nobody will take them: give ${called('queue')} or ${called('agent')}`;
    case 'no-recipe':
      return `there is no recipe ${quoted(warning.recipe)} in ${quoted(warning.recipesDir)} yet`;
    case 'program-unfit':
      return `it could not be started now: ${warning.text}`;
  }
}

function nearOrKnown({ nearest, known }: { nearest?: string; known: string[] }): string {
  if (nearest !== undefined) return ` (did you mean ${quoted(nearest)}?)`;
  return sayKnown(known);
}

function sayKnown(known: string[]): string {
  return known.length === 0 ? '' : ` (there are: ${firstListed(known, MOST_KNOWN)})`;
}

function meant({ nearest }: { nearest?: string }): string {
  return nearest === undefined ? '' : `; perhaps ${quoted(nearest)} is meant`;
}

/** A long one is cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}
