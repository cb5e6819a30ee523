/** A recipe, what the real goose says of it, and what we see without goose. */
export interface RecipeCase {
  what: string;
  text: string | Buffer;
  /** Of the file; `yaml` where absent. */
  ending?: string;
  /** What our check says; absent where goose runs it. */
  refused?: RegExp;
  /** Whether it is also refused where there is no goose. */
  withoutGoose?: RegExp;
  /** A rule of the check alone: goose would still be busy with it. */
  neverRun?: true;
}

const TOP = 'title: t\ndescription: d\n';
const parameter = (key: string, more = 'requirement: required') =>
  `parameters:\n  - {key: ${key}, input_type: string, ${more}, description: id}\n`;
const sub = (path: string) => `${TOP}prompt: p\nsub_recipes:\n  - {name: s, path: ${path}}\n`;
const extensions = (...names: string[]) =>
  `${TOP}prompt: p\nextensions:\n${names.map((name) => `  - {type: builtin, name: ${name}}\n`).join('')}`;

/** Files beside the recipes, by their path from the recipes' folder. */
export const BESIDE: Record<string, string> = {
  'head.txt': `${TOP}`,
  'parts/base.yaml': `${TOP}prompt: {% block p %}nothing{% endblock %}\n`,
  'parts/sub.yaml': `${TOP}prompt: p\n`,
  'itself.txt': '{% include "itself.txt" %}',
  '../outside.txt': TOP,
};

export const RECIPES: RecipeCase[] = [
  // What goose runs.
  { what: 'all five parameters', text: `${TOP}${fiveParameters()}prompt: "{{ task_id }}"\n` },
  { what: 'none of them', text: `${TOP}prompt: p\n` },
  { what: 'an include on the first line', text: '{% include "head.txt" %}\nprompt: p\n' },
  { what: 'a base', text: '{% extends "parts/base.yaml" %}\n{% block p %}mine{% endblock %}\n' },
  { what: 'an unknown key twice', text: `${TOP}prompt: p\nfoo: 1\nfoo: 2\n` },
  { what: 'wrapped in recipe', text: 'recipe:\n  title: t\n  description: d\n  prompt: p\nname: x\n' },
  {
    what: 'a parameter with a default',
    text: `${TOP}${parameter('x', 'requirement: optional, default: y')}prompt: "{{ x }}"\n`,
  },
  {
    what: 'a required one with a default',
    text: `${TOP}${parameter('x', 'requirement: required, default: y')}prompt: "{{ x }}"\n`,
  },
  { what: 'its own folder', text: `${TOP}prompt: "{{ recipe_dir }}"\n` },
  { what: 'a name set in it', text: `${TOP}prompt: "{% set x = 1 %}{{ x }}"\n` },
  {
    what: 'a filter and what is no name',
    text: `${TOP}${parameter('queue')}prompt: "{{ queue | upper }} {{ no name }}"\n`,
  },
  { what: 'JSON', ending: 'json', text: '{"title": "t", "description": "d", "prompt": "p"}' },
  {
    what: 'JSON with a trailing comma',
    ending: 'json',
    text: '{"title": "t", "description": "d", "prompt": "p",}',
  },
  { what: 'a sub-recipe', text: sub('./parts/sub.yaml') },
  { what: 'a broken sub-recipe', text: sub('head.txt') },
  { what: 'CRLF', text: 'title: t\r\ndescription: d\r\nprompt: p\r\n' },
  { what: 'aliases', text: `${TOP}prompt: p\nx: &x [1]\ny: *x\n` },
  { what: 'laughs', text: laughs() },
  { what: 'nesting', text: `${TOP}prompt: p\nx: ${'{a: '.repeat(2000)}1${'}'.repeat(2000)}\n` },
  {
    what: 'a parameter as a number',
    text: `${TOP}${parameter('agent').replace('string', 'number')}prompt: "{{ agent }}"\n`,
  },
  // What it refuses.
  {
    what: 'an undeclared task_id',
    text: `${TOP}prompt: "{{ task_id }}"\n`,
    refused: /does not take .*: Missing definitions for parameters in the recipe file: task_id; declare/,
    withoutGoose: /it uses \{\{ task_id \}\} and does not declare it/,
  },
  {
    what: 'an undeclared name in a condition',
    text: `${TOP}prompt: "{% if foo %}x{% endif %}"\n`,
    refused: /Missing definitions .*: foo/,
  },
  { what: 'no prompt', text: TOP, refused: /at least one of .*; write a prompt$/, withoutGoose: /no prompt/ },
  {
    what: 'an empty prompt',
    text: `${TOP}prompt: ""\n`,
    refused: /write a prompt$/,
    withoutGoose: /no prompt/,
  },
  {
    what: 'instructions without a prompt',
    text: `${TOP}instructions: be good\n`,
    refused: /cannot be run: it has instructions and no prompt/,
    withoutGoose: /it has instructions and no prompt/,
  },
  {
    what: 'no title',
    text: 'description: d\nprompt: p\n',
    refused: /missing field `title`/,
    withoutGoose: /no title/,
  },
  { what: 'a text', text: 'just text', refused: /does not take/, withoutGoose: /not a YAML mapping/ },
  { what: 'nothing', text: '', refused: /missing field/, withoutGoose: /not a YAML mapping/ },
  {
    what: 'a list as title',
    text: 'title: [a]\ndescription: d\nprompt: p\n',
    refused: /title: invalid type/,
  },
  {
    what: 'two documents',
    text: `${TOP}prompt: p\n---\n${TOP}prompt: p\n`,
    refused: /more than one document/,
    withoutGoose: /more than one YAML document/,
  },
  { what: 'a known key twice', text: `${TOP}prompt: p\nprompt: q\n`, refused: /duplicate field `prompt`/ },
  {
    what: 'a parameter that nobody supplies',
    text: `${TOP}${parameter('ticket')}prompt: "{{ ticket }}"\n`,
    refused: /nobody supplies its parameter ticket; give it a "default"/,
    withoutGoose: /nobody supplies its parameter ticket/,
  },
  {
    what: 'two of them',
    text: `${TOP}${parameter('a')}  - {key: b, input_type: string, requirement: required, description: x}\nprompt: "{{ a }}{{ b }}"\n`,
    refused: /nobody supplies its parameter a, b; /,
    withoutGoose: /nobody supplies/,
  },
  {
    what: 'a parameter that a person is asked for',
    text: `${TOP}${parameter('x', 'requirement: user_prompt')}prompt: "{{ x }}"\n`,
    refused: /it asks a person for a parameter/,
    withoutGoose: /nobody supplies its parameter x/,
  },
  {
    what: 'an optional one without a default',
    text: `${TOP}${parameter('x', 'requirement: optional')}prompt: "{{ x }}"\n`,
    refused: /Optional parameters missing default values .*x/,
    withoutGoose: /nobody supplies its parameter x/,
  },
  {
    what: 'an unused one',
    text: `${TOP}${parameter('task_id')}prompt: p\n`,
    refused: /Unnecessary .*: task_id; use it/,
  },
  {
    what: 'a file for a parameter',
    text: `${TOP}${parameter('agent').replace('string', 'file')}prompt: "{{ agent }}"\n`,
    refused: /Failed to read parameter file vaela|Failed to read parameter file …/,
  },
  {
    what: 'a sub-recipe that is not there',
    text: sub('./nope.yaml'),
    refused: /Sub-recipe file does not exist: .*nope\.yaml; write it/,
    withoutGoose: /its sub-recipe \.\/nope\.yaml does not exist/,
  },
  {
    what: 'an include that is not there',
    text: `{% include "nope.txt" %}\n${TOP}prompt: p\n`,
    refused: /template not found/,
  },
  {
    what: 'an include from outside',
    text: '{% include "../outside.txt" %}\nprompt: p\n',
    refused: /must stay within the recipe directory .*; copy what is included/,
  },
  { what: 'an include of itself', text: '{% include "itself.txt" %}\n', refused: /could not render include/ },
  { what: 'a template that is not closed', text: `${TOP}prompt: "{{ task_id"\n`, refused: /syntax error/ },
  { what: 'an unknown filter', text: `${TOP}prompt: "{{ 'a' | nofilter }}"\n`, refused: /unknown filter/ },
  { what: 'YAML that is not closed', text: `${TOP}prompt: [\n`, refused: /does not take/ },
  {
    what: 'an unknown kind of extension',
    text: `${TOP}prompt: p\nextensions:\n  - {type: odd, name: x}\n`,
    refused: /unknown variant/,
  },
  {
    what: 'an extension twice',
    text: extensions('developer', 'Developer'),
    refused: /two of its extensions are called "developer"/,
    withoutGoose: /two of its extensions/,
  },
  {
    what: 'retries that make no sense',
    text: `${TOP}prompt: p\nretry: {max_retries: 0, checks: []}\n`,
    refused: /max_retries/,
  },
  {
    what: 'a schema that is none',
    text: `${TOP}prompt: p\nresponse: {json_schema: {type: 5}}\n`,
    refused: /JSON schema/,
  },
  {
    what: '.yml',
    ending: 'yml',
    text: `${TOP}prompt: p\n`,
    refused: /is not a json or yaml file; rename it to \.yaml/,
  },
  {
    what: 'a byte order mark',
    text: `\uFEFF${TOP}prompt: p\n`,
    refused: /begins with a byte order mark: save it without/,
  },
  { what: 'a NUL', text: `${TOP}prompt: a\0b\n`, refused: /control characters/ },
  {
    what: 'no text at all',
    text: Buffer.from([0xff, 0xfe, 0, 1, 2]),
    refused: /invalid utf-8.*; save it as UTF-8/,
    withoutGoose: /not a YAML mapping/,
  },
  {
    what: 'more than 1 MB',
    text: `${TOP}prompt: "${'x'.repeat(1024 * 1024)}"\n`,
    refused: /exceeds the maximum encoded size of 1048576 bytes; make it smaller/,
    withoutGoose: /more than the 1048576 bytes/,
  },
  {
    what: 'nesting without end',
    text: `${TOP}prompt: p\nx: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`,
    refused: /had not answered when its time was over/,
    neverRun: true,
  },
  {
    what: 'a loop without end',
    text: `${TOP}prompt: "${"{% for a in 'xxxxxxxxx' %}".repeat(12)}x${'{% endfor %}'.repeat(12)}"\n`,
    refused: /had not answered when its time was over/,
    neverRun: true,
  },
];

function fiveParameters(): string {
  const keys = ['agent', 'queue', 'attempt', 'base_path'];
  const others = keys.map(
    (key) => `  - {key: ${key}, input_type: string, requirement: required, description: x}\n`,
  );
  return `${parameter('task_id')}${others.join('')}instructions: "${keys.map((key) => `{{ ${key} }}`).join(' ')}"\n`;
}

function laughs(): string {
  const levels = Array.from(
    { length: 11 },
    (_, at) => `a${at + 1}: &a${at + 1} [${Array(9).fill(`*a${at}`)}]\n`,
  );
  return `${TOP}prompt: p\na0: &a0 [x]\n${levels.join('')}`;
}
