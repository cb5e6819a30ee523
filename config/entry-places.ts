import { z } from 'zod';
import { RULE_BOUNDS } from '../domain/run-rules.ts';
import { isTemplate, templateProblem } from '../domain/working-dir.ts';
import { text, wholeNumber } from './entry-values.ts';
import { quotedKey, wanted } from './shown-value.ts';

// The keys that say where an agent works, and when its work counts as done.

const MOST_WORKTREES = 1000;
const MOST_DAYS = 3650;
const { most: MOST_WORDS, chars: LONGEST_WORD, maxRuntimeSec: VERIFY_SEC } = RULE_BOUNDS.verify;

const path = text
  .refine((value) => value !== '', 'is empty')
  .refine((value) => !value.includes('\0'), 'has a NUL character')
  .meta({ minLength: 1, pattern: '^[^\\u0000]*$' });

export const workingDir = path
  .superRefine((value, context) => {
    const problem = isTemplate(value) ? templateProblem(value) : undefined;
    if (problem) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    pattern: '^(?:[^\\u0000{}]+|(?!/)(?!(?:.*/)?\\.\\.(?:/|$))(?:[^\\u0000{}]|\\{taskId\\}|\\{agent\\})+)$',
    description:
      'Where its goose runs, in place of TINYSCHEDULER_WORKING_DIR; relative to the base path. With {taskId} or {agent} it is a template: inside the base path, and made when it is missing.',
  });

/** What git takes for a branch, tag or commit, and for nothing else. */
const REVISION = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

export const worktree = z
  .strictObject(
    {
      repository: path.meta({ description: 'Path of the git repository; relative to the base path.' }),
      base: text
        .refine((value) => REVISION.test(value) && !value.includes('..'), 'is no branch, tag or commit')
        .meta({
          ...{ pattern: REVISION.source, not: { pattern: '\\.\\.' } },
          description:
            "The branch, tag or commit from which a task's branch begins; else HEAD of the repository.",
        })
        .optional(),
      keep: wholeNumber(1, MOST_WORKTREES)
        .default(20)
        .meta({ description: 'So many worktrees of the agent stay, those used last.' }),
      keepDays: wholeNumber(1, MOST_DAYS)
        .default(14)
        .meta({ description: 'A worktree that was not used for so many days is removed, too.' }),
    },
    { error: unknownKeys('{"repository": "repo", "base": "main", "keep": 20, "keepDays": 14}') },
  )
  .meta({
    description:
      'A git worktree for each task, on a branch of its own, tinyscheduler/task-<id>, in which its goose runs.',
  });

export const completion = z
  .enum(['on-success', 'agent'], {
    error: ({ input }) => wanted('"on-success" or "agent"', input),
  })
  .meta({
    description:
      'Who completes a task: "on-success", TinyScheduler when goose has ended well (default); "agent", only the agent itself, and a run that ends without completing or handing on has failed.',
  });

const command = z
  .array(
    text
      .refine((word) => !word.includes('\0'), 'has a NUL character')
      .refine((word) => [...word].length <= LONGEST_WORD, `is longer than ${LONGEST_WORD} characters`)
      .meta({ maxLength: LONGEST_WORD, pattern: '^[^\\u0000]*$' }),
    { error: ({ input }) => wanted(LIST, input) },
  )
  .min(1, 'is an empty list')
  .max(MOST_WORDS, `has more than ${MOST_WORDS} arguments`);
const LIST = 'a list of arguments such as ["npm", "test"] (for a shell: ["sh", "-c", "…"])';

const limit = wholeNumber(VERIFY_SEC.min, VERIFY_SEC.max).default(600);

export const verify = z
  .union(
    [
      command,
      z.strictObject(
        {
          command,
          maxRuntimeSec: limit.meta({ description: 'So long the command may run, in seconds.' }),
        },
        { error: unknownKeys('{"command": ["npm", "test"], "maxRuntimeSec": 600}') },
      ),
    ],
    { error: ofTheForm },
  )
  .transform((value) => (Array.isArray(value) ? { command: value, maxRuntimeSec: 600 } : value))
  .meta({
    description:
      'A command, as a list without a shell, that has to exit 0 in the working directory after goose before a task is completed.',
  });

/** What is wrong with the form that was meant. */
function ofTheForm({ input, errors = [] }: z.core.$ZodRawIssue): string {
  const [ofList, ofObject] = errors as z.core.$ZodIssue[][];
  const meant = Array.isArray(input) ? ofList : typeof input === 'object' && input ? ofObject : undefined;
  const first = meant?.[0];
  if (first === undefined) return wanted(LIST, input);
  return [...(first.path.length === 0 ? [] : [`(${first.path.join('.')})`]), first.message].join(' ');
}

/** A misspelt key would be taken for one that is not there. */
function unknownKeys(example: string): z.core.$ZodErrorMap {
  return (issue) => {
    if (issue.code !== 'unrecognized_keys') return wanted(`an object such as ${example}`, issue.input);
    const keys = (issue.keys as string[]).slice(0, 3).map(quotedKey);
    return `has ${keys.join(', ')}, which it does not know; it is an object such as ${example}`;
  };
}
