import { z } from 'zod';
import { isHeldBack } from '../domain/goose-variables.ts';
import { RULE_BOUNDS, type RunRules } from '../domain/run-rules.ts';
import type { Config } from './config.ts';
import { shown, wanted } from './shown-value.ts';

/** The keys of an entry that say how its runs are limited and started, as they are written. */
export interface WrittenRules {
  maxRuntimeSec?: number | undefined;
  stallSec?: number | undefined;
  maxAttempts?: number | undefined;
  maxTokens?: number | undefined;
  env?: string[] | undefined;
  launchPrefix?: string[] | undefined;
  completion?: RunRules['completion'];
  verify?: RunRules['verify'];
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Each key with what it may be; messages go on from the key. */
export const RULES = {
  maxRuntimeSec: number('a number of seconds', RULE_BOUNDS.maxRuntimeSec)
    .meta({
      ...{ type: 'number', minimum: RULE_BOUNDS.maxRuntimeSec.min, maximum: RULE_BOUNDS.maxRuntimeSec.max },
      description: 'Longest run of one of its gooses, in seconds, in place of TINYSCHEDULER_MAX_RUNTIME_SEC.',
    })
    .optional(),
  stallSec: number('a number of seconds', RULE_BOUNDS.stallSec)
    .meta({
      ...{ type: 'number', minimum: RULE_BOUNDS.stallSec.min, maximum: RULE_BOUNDS.stallSec.max },
      description:
        'Its goose is stopped when it has printed nothing for so many seconds, in place of TINYSCHEDULER_STALL_SEC; 0: never.',
    })
    .optional(),
  maxAttempts: number('a whole number', RULE_BOUNDS.maxAttempts, Number.isInteger)
    .meta({
      ...{ type: 'integer', minimum: RULE_BOUNDS.maxAttempts.min, maximum: RULE_BOUNDS.maxAttempts.max },
      description: 'Failed attempts after which its task is parked, in place of TINYSCHEDULER_MAX_ATTEMPTS.',
    })
    .optional(),
  maxTokens: number('a whole number of tokens', RULE_BOUNDS.maxTokens, Number.isInteger)
    .meta({
      ...{ type: 'integer', minimum: RULE_BOUNDS.maxTokens.min, maximum: RULE_BOUNDS.maxTokens.max },
      description:
        'Tokens that one attempt may use before it is stopped, in place of TINYSCHEDULER_MAX_TOKENS; 0: any number.',
    })
    .optional(),
  env: list(variablesProblem)
    .meta({
      ...{ type: 'array', maxItems: RULE_BOUNDS.env.most },
      items: {
        ...{ type: 'string', pattern: VARIABLE.source, maxLength: RULE_BOUNDS.env.chars },
        not: { pattern: '^(TEMPORAL_.*|TINYSCHEDULER_.*(TOKEN|KEY|SECRET|PASSWORD).*)$' },
      },
      description:
        'Names of the variables that its goose gets besides PATH, HOME and the like and GOOSE_…; without it all but secrets of ours.',
    })
    .optional(),
  launchPrefix: list(prefixProblem)
    .meta({
      ...{ type: 'array', minItems: 1, maxItems: RULE_BOUNDS.launchPrefix.most },
      items: { type: 'string', pattern: '^[^\\u0000]*$' },
      description:
        'A program and its first arguments, by which goose is started, such as ["nice", "-n", "10"]; without a shell.',
    })
    .optional(),
};

/** What an entry says of its runs; undefined: nothing. */
export function rulesOf({
  maxRuntimeSec,
  stallSec,
  maxAttempts,
  maxTokens,
  env,
  launchPrefix,
  completion,
  verify,
}: WrittenRules): RunRules | undefined {
  const rules: RunRules = {
    ...(maxRuntimeSec !== undefined && { maxRuntimeMs: Math.round(maxRuntimeSec * 1000) }),
    ...(stallSec !== undefined && { stallMs: Math.round(stallSec * 1000) }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(env !== undefined && { env }),
    ...(launchPrefix !== undefined && { launchPrefix }),
    ...(completion !== undefined && { completion }),
    ...(verify !== undefined && { verify }),
  };
  return Object.keys(rules).length === 0 ? undefined : rules;
}

/** What holds of runs of agents whose entries say nothing. */
export function defaultRules({ maxRuntimeMs, stallMs, maxAttempts, maxTokens }: Config): RunRules {
  return { maxRuntimeMs, stallMs, maxAttempts, maxTokens };
}

function number(
  what: string,
  { min, max }: { min: number; max: number },
  holds: (value: number) => boolean = Number.isFinite,
) {
  return z.custom<number>(
    (value) => typeof value === 'number' && holds(value) && value >= min && value <= max,
    { error: ({ input }) => wanted(`${what} from ${min} to ${max}`, input) },
  );
}

function list(problemOf: (value: unknown) => string | undefined) {
  return z.custom<string[]>().superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** Whatever is wrong may be a secret that somebody wrote in the wrong place, so nothing but a name is quoted. */
function variablesProblem(value: unknown): string | undefined {
  const { most, chars } = RULE_BOUNDS.env;
  const must = `must be a list of at most ${most} names of variables`;
  if (!Array.isArray(value)) return `${must}, not ${kindOf(value)}`;
  if (value.length > most) return `${must}, not of ${value.length}`;
  for (const [index, name] of value.entries()) {
    const which = `${must}: number ${index + 1}`;
    if (typeof name !== 'string') return `${which} is ${kindOf(name)}`;
    const [before = ''] = name.split('=');
    if (name.includes('=') && VARIABLE.test(before))
      return `${which} has a value, and the value comes from the goose host: write ${shown(before.slice(0, chars))}`;
    if (!VARIABLE.test(name) || name.length > chars)
      return `${which} is none (letters, digits and _, ${chars} at most)`;
    if (isHeldBack(name))
      return `${which}, ${shown(name)}, never reaches goose, since it may be a secret of ours`;
  }
  return undefined;
}

function prefixProblem(value: unknown): string | undefined {
  const { most, chars } = RULE_BOUNDS.launchPrefix;
  const must = 'must be a list with a program and its arguments, such as ["nice", "-n", "10"]';
  if (!Array.isArray(value)) return `${must}, not ${shown(value)}`;
  const wrong = value.findIndex((each) => typeof each !== 'string');
  if (wrong >= 0) return `${must}: number ${wrong + 1} is ${shown(value[wrong])}`;
  const words = value as string[];
  if (words.length === 0 || words[0] === '') return `${must}: it names no program`;
  if (words.some((each) => each.includes('\0'))) return `${must}: it has a NUL character`;
  if (words.length > most || words.join('').length > chars)
    return `${must}, at most ${most} with ${chars} characters together`;
  return undefined;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null) return 'null';
  return typeof value === 'object' ? 'an object' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
}
