import type { Change } from '../../../domain/forecast/change.ts';
import { nameProblem } from '../../../domain/names.ts';
import { UsageError } from '../call/context.ts';
import * as typed from './typed.ts';

export const WHAT_IF =
  'Changes: pause A, resume A, limit A N, remove A, add A --queue Q [--limit N]; several may follow each other';

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
    const agent = nameOf(verb, left.shift());
    if (verb === 'limit') changes.push({ do: verb, agent, slots: slotsOf(left.shift()) });
    else if (verb === 'add') changes.push({ do: verb, agent, queue: queueOf(queue), slots: limit ?? 1 });
    else changes.push({ do: verb, agent });
  }
  if (!changes.some((change) => change.do === 'add') && (queue ?? limit) !== undefined)
    throw new UsageError(
      'what-if: --queue and --limit are for `add A`; of an agent that is there: limit A N',
    );
  return changes;
}

const VERBS = ['pause', 'resume', 'limit', 'remove', 'add'] as const satisfies Change['do'][];

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

function queueOf(queue: string | undefined): string {
  if (queue === undefined)
    throw new UsageError('what-if: add needs the queue that the agent serves: --queue Q');
  const problem = nameProblem(queue);
  if (problem !== undefined) throw new UsageError(`what-if: the queue's name ${problem}`);
  return queue;
}
