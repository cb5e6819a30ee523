interface Refusal {
  pattern: RegExp;
  /** Takes the place of goose's words where they do not say what is wrong; `$1` is the first group. */
  words?: string;
  mend: string;
}

/** What goose 1.52 says of a recipe that it does not take, and what a person does about it. */
const REFUSALS: Refusal[] = [
  {
    pattern: /^Missing definitions for parameters/,
    mend: 'declare what is used in {{ }} under "parameters"',
  },
  { pattern: /^Unnecessary parameter definitions/, mend: 'use it, or remove it from "parameters"' },
  { pattern: /^Optional parameters missing default/, mend: 'give each a "default"' },
  {
    pattern: /^Please provide the following parameters in the command line: (.*)$/,
    words: 'nobody supplies its parameter $1',
    mend: 'give it a "default", or use one that a run supplies',
  },
  {
    pattern: /^not connected$/,
    words: 'it asks a person for a parameter (user_prompt), and nobody is there',
    mend: 'give the parameter a "default"',
  },
  { pattern: /^Recipe must specify at least one of/, mend: 'write a prompt' },
  { pattern: /more than one document/, mend: 'keep one, without a line "---" after it' },
  { pattern: /is not a json or yaml file/, mend: 'rename it to .yaml' },
  { pattern: /^Sub-recipe file does not exist/, mend: 'write it, or correct its path in "sub_recipes"' },
  { pattern: /template path must stay within/, mend: 'copy what is included into the folder of the recipe' },
  { pattern: /exceeds the maximum encoded size/, mend: 'make it smaller' },
  { pattern: /invalid utf-8/, mend: 'save it as UTF-8' },
];

/** Names and order of what a run supplies, for messages. */
export const SUPPLIED = ['task_id', 'agent', 'queue', 'attempt', 'base_path'];

/** goose's complaint with what to do about it. `text` is the recipe's. */
export function refusal(complaint: string, text: string | undefined): string {
  const said = complaint.replace(/^Invalid recipe:\s*/, '');
  if (text?.startsWith('\uFEFF')) return `${said}; it begins with a byte order mark: save it without one`;
  for (const { pattern, words, mend } of REFUSALS) {
    const match = pattern.exec(said);
    if (!match) continue;
    const names = (match[1] ?? '').replace(/--params\s+([^\s=]+)=\S+/g, '$1').replace(/ (?=\S)/g, ', ');
    return `${words?.replace('$1', () => names) ?? said}; ${mend}`;
  }
  return said;
}
