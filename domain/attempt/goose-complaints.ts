/** Names and order of the parameters that a run supplies to a recipe, for messages. */
export const SUPPLIED = ['task_id', 'agent', 'queue', 'attempt', 'base_path'];

/** Of the keys of a recipe, those that goose 1.52 names when it complains. */
const KEYS = new Set(
  `title description prompt instructions version extensions settings activities author parameters response sub_recipes
  retry key input_type requirement name type path default options values max_retries checks timeout_seconds
  on_failure command cmd uri args bundled timeout envs env_keys json_schema goose_provider goose_model temperature
  max_turns contact metadata display_name available_tools recipe`.split(/\s+/),
);

/** Words by which serde names what it found and what it wanted. */
const KINDS = new Set(
  `a an any string integer boolean floating point sequence map mapping list unit value null option struct enum char
  byte array bytes recipe extensionconfig recipeparameter subrecipe retryconfig response settings author variant
  identifier of i64 u64 u32 usize f32 f64 bool str valid`.split(/\s+/),
);

/** What may be told of a complaint, and what a person does about it. */
type Told = Pick<Complaint, 'says' | 'mend'>;

interface Complaint {
  pattern: RegExp;
  /** `<names>` is the pattern's group of that name, as far as it may be told. */
  says: string;
  mend?: string;
}

/**
 * What goose 1.52 says when it does not take its recipe or its settings, as patterns of its whole complaint. Groups are
 * foreign words, which may be anything, a secret too: each is told only after it was checked by its name.
 */
const COMPLAINTS: Complaint[] = [
  entry(
    'Missing definitions for parameters in the recipe file: <names>',
    'declare what is used in {{ }} under "parameters"',
  ),
  entry('Unnecessary parameter definitions: <names>', 'use it, or remove it from "parameters"'),
  entry(
    'Optional parameters missing default values in the recipe: <names>. Please provide defaults',
    'give each a "default"',
  ),
  {
    pattern: /^Please provide the following parameters in the command line:? (?<names>.*)$/,
    says: 'nobody supplies its parameter <names>',
    mend: 'give it a "default", or use one that a run supplies',
  },
  {
    pattern: /^not connected$/,
    says: 'it asks a person for a parameter (user_prompt), and nobody is there',
    mend: 'give the parameter a "default"',
  },
  entry('Recipe must specify at least one of `instructions` or `prompt`', 'write a prompt'),
  entry('missing field `<names>`', 'write it'),
  entry('duplicate field `<names>`', 'keep one'),
  entry('invalid type: <kind>, expected <wanted>', undefined, 'invalid type: <kind>, expected <wanted>'),
  entry('invalid value: <rest>', undefined, 'invalid value'),
  entry('unknown variant <rest>', undefined, 'unknown variant'),
  entry('unknown field <rest>', undefined, 'unknown field'),
  entry('control characters are not allowed<rest>', 'remove them', 'control characters are not allowed'),
  entry(
    '<rest>more than one document<rest2>',
    'keep one, without a line "---" after it',
    'it has more than one document',
  ),
  entry('Failed to read parameter file <names>: <rest>', undefined, 'Failed to read parameter file <names>'),
  entry('Sub-recipe file does not exist: <names>', 'write it, or correct its path in "sub_recipes"'),
  entry('template not found: <rest>', 'write it, or correct its name', 'template not found'),
  entry(
    'invalid operation: template path must stay within the recipe directory<rest>',
    'copy what is included into the folder of the recipe',
    'what it includes must stay within the recipe directory',
  ),
  entry('could not render include: <rest>', undefined, 'could not render include'),
  entry('syntax error: <rest>', undefined, 'syntax error in a template'),
  entry('unknown filter: filter <names> is unknown', undefined),
  entry('undefined value<rest>', undefined, 'a template uses an undefined value'),
  entry(
    'Invalid retry configuration: <rest>',
    'see "max_retries" under "retry"',
    'Invalid retry configuration',
  ),
  entry(
    'JSON schema validation failed: <rest>',
    'correct it under "response"',
    'JSON schema validation failed',
  ),
  entry(
    'Recipe file <rest> is not a json or yaml file',
    'rename it to .yaml',
    'it is not a json or yaml file',
  ),
  entry('<rest>invalid utf-8<rest2>', 'save it as UTF-8', 'invalid utf-8'),
  entry(
    '<rest>exceeds the maximum encoded size of <number> bytes',
    'make it smaller',
    'it exceeds the maximum encoded size of <number> bytes',
  ),
  entry('Failed to read recipe file <rest>', 'see whether it is there', 'Failed to read the recipe file'),
  entry('No provider configured<rest>', 'run `goose configure`', 'No provider configured'),
  entry('No model configured<rest>', 'run `goose configure`', 'No model configured'),
  entry('<rest>Unknown provider<rest2>', 'look at GOOSE_PROVIDER', 'Unknown provider'),
];

const LONGEST_READ = 1_000;
const BEFORE = /^(?:Invalid recipe|Failed to parse recipe):\s*/;
/** Where in the recipe: its key, or the line. Numbers of few digits tell nothing but the place. */
const KEY = /^(?<path>[A-Za-z_][\w.[\]-]{0,100}): (?=[a-z])/;
const PLACE = /\s*(?:\(in recipe:(?<template>\d{1,5})\)|at line (?<line>\d{1,5}),? column \d{1,5})$/;

/**
 * goose's complaint about its recipe or settings as one clause, or undefined where it is none that is known. What is told
 * is our own sentence, or words of goose's that always stand there; of the rest only names that are known beforehand.
 *
 * @param complaint what follows `Error: `, which may be anything
 * @param isNameOfRecipe whether the recipe itself uses this word for a name
 */
export function sayComplaint(
  complaint: string,
  isNameOfRecipe: (word: string) => boolean = () => false,
): Told | undefined {
  const isKnown = (word: string) => SUPPLIED.includes(word) || KEYS.has(word) || isNameOfRecipe(word);
  let text = complaint
    .slice(0, LONGEST_READ)
    .replace(/\s+/g, ' ')
    .trim()
    .replace(BEFORE, '')
    .replace(/\.$/, '');
  const place = PLACE.exec(text);
  if (place) text = text.slice(0, place.index).replace(/\.$/, '');
  const line = place?.groups?.template ?? place?.groups?.line;
  const whole = told(text, isKnown) ?? toldOfKey(text, isKnown);
  return whole && { ...whole, says: `${whole.says}${line === undefined ? '' : ` (line ${line})`}` };
}

/** A complaint about one key of the recipe, such as `extensions[0].type: …`. */
function toldOfKey(text: string, isKnown: (word: string) => boolean): Told | undefined {
  const path = KEY.exec(text)?.groups?.path;
  if (path === undefined) return undefined;
  const whole = told(text.slice(path.length + 2), isKnown);
  const isTold = path.split(/[.[\]\d]+/).every((part) => part === '' || isKnown(part));
  return whole && isTold ? { ...whole, says: `${path}: ${whole.says}` } : whole;
}

function told(text: string, isKnown: (word: string) => boolean): Told | undefined {
  for (const { pattern, says, mend } of COMPLAINTS) {
    const groups = pattern.exec(text)?.groups ?? (pattern.test(text) ? {} : undefined);
    if (groups === undefined) continue;
    const clause = says.replace(/<(\w+)>/g, (_, name: string) => checked(name, groups[name] ?? '', isKnown));
    return { says: clause, ...(mend !== undefined && { mend }) };
  }
  return undefined;
}

/** A foreign word as it may be told, by the name of its group; a dot in its place where it may not. */
function checked(group: string, value: string, isKnown: (word: string) => boolean): string {
  if (group === 'number') return /^\d{1,9}$/.test(value) ? value : '…';
  if (group === 'names') {
    const words = value.replace(/--params\s+([^\s=]+)=\S+/g, '$1').split(/,? /);
    return words.map((word) => endings(word).find(isKnown) ?? '…').join(', ');
  }
  // What was found may be quoted after its kind.
  const words = value.replace(/ ?[`"].*$/, '').split(' ');
  return words.every((word) => KINDS.has(word.toLowerCase())) ? words.join(' ') : '…';
}

/** The word, and where it is a path, its ends: goose tells a file by its whole path. */
function endings(word: string): string[] {
  return word.split('/').map((_, at, parts) => parts.slice(at).join('/'));
}

/** `<x>` in `goose` is a group of that name; where nothing else is said, goose's own words are told. */
function entry(goose: string, mend?: string, says = goose): Complaint {
  const parts = goose.split(/<(\w+)>/);
  const source = parts.map((part, at) => (at % 2 === 1 ? `(?<${part}>.*)` : escaped(part))).join('');
  return { pattern: new RegExp(`^${source}$`), says, ...(mend !== undefined && { mend }) };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
