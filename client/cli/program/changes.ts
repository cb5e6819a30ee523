import type { Change } from '../../../domain/forecast/change.ts';
import { nameProblem } from '../../../domain/names.ts';
import { UsageError } from '../call/context.ts';
import * as typed from './typed.ts';

export const WHAT_IF =
  'Changes: pause A, resume A, limit A N, budget A N, pool-budget Q N, remove A, add A --queue Q [--limit N]; N of a budget is in tokens a day, or none; several may follow each other';

/** Of `add`. */
export interface WhatIfOptions {
  queue?: string;
  limit?: number;
}

/** The changes that the words name, in their order. @throws UsageError */
export function changesOf(words: readonly string[], { queue, limit }: WhatIfOptions): Change[] {
  const left = [...words];
  const changes: Change[] = [];
  for (let verb = left.shift(); verb !== undefined; verb = left.shift()) {
    if (!isVerb(verb)) throw new UsageError(`what-if: ${JSON.stringify(verb)} is no change. ${WHAT_IF}`);
    if (verb === 'pool-budget') {
      const queue = queueOf(verb, left.shift());
      changes.push({ do: verb, queue, tokensPerDay: tokensOf(verb, left.shift()) });
      continue;
    }
    const agent = nameOf(verb, left.shift());
    if (verb === 'budget') changes.push({ do: verb, agent, tokensPerDay: tokensOf(verb, left.shift()) });
    else if (verb === 'limit') changes.push({ do: verb, agent, slots: slotsOf(left.shift()) });
    else if (verb === 'add')
      changes.push({ do: verb, agent, queue: queueOf(verb, queue), slots: limit ?? 1 });
    else changes.push({ do: verb, agent });
  }
  if (!changes.some((change) => change.do === 'add') && (queue ?? limit) !== undefined)
    throw new UsageError(
      'what-if: --queue and --limit are for `add A`; of an agent that is there: limit A N',
    );
  return changes;
}

const VERBS = [
  'pause',
  'resume',
  'limit',
  'remove',
  'add',
  'budget',
  'pool-budget',
] as const satisfies Change['do'][];

function isVerb(word: string): word is Change['do'] {
  return (VERBS as readonly string[]).includes(word);
}

function nameOf(verb: Change['do'], name: string | undefined): string {
  if (name === undefined) throw new UsageError(`what-if: ${verb} which agent? ${WHAT_IF}`);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(`what-if: the agent's name ${problem}`);
  return name;
}

function slotsOf(text: string | undefined): number {
  if (text === undefined)
    throw new UsageError('what-if: limit takes an agent and a number of slots: limit A N');
  return typed.slotsNow(text);
}

function tokensOf(verb: Change['do'], text: string | undefined): number | null {
  if (text === undefined)
    throw new UsageError(`what-if: ${verb} takes a name and a number of tokens a day, or "none"`);
  return text === 'none' ? null : typed.tokensPerDay(text);
}

function queueOf(verb: 'add' | 'pool-budget', queue: string | undefined): string {
  if (queue === undefined)
    throw new UsageError(
      verb === 'add'
        ? 'what-if: add needs the queue that the agent serves: --queue Q'
        : `what-if: ${verb} of which queue? ${WHAT_IF}`,
    );
  const problem = nameProblem(queue);
  if (problem !== undefined) throw new UsageError(`what-if: the queue's name ${problem}`);
  return queue;
}
