import type { Retried } from '../contract/status.ts';
import { sayWhose } from './whose.ts';

/** What `retry` did, as a sentence. */
export function sayRetried(retried: Retried): string {
  const task = `Task ${retried.taskId}`;
  switch (retried.did) {
    case 'un-parked':
    case 'skipped-back-off':
      return `${task} runs again as soon as ${sayWhose(retried.whose)} has a free slot, with a full set of attempts.`;
    case 'taken-back':
      return `${task} was taken back from ${retried.from ?? 'nobody'} and runs next.`;
    case 'put-first':
      return `${task} has no run that waits; it was put first in line.`;
    case 'nothing':
      return `${task} ${sayWhyNothing(retried)}.`;
  }
}

function sayWhyNothing(retried: Extract<Retried, { did: 'nothing' }>): string {
  switch (retried.since) {
    case 'complete':
      return 'is complete; set it to idle in TinyTask to run it again';
    case 'running':
      return `is running on ${retried.agent}; there is nothing to retry`;
    case 'in-line':
      return `already waits for a slot of ${sayWhose(retried.whose)}`;
  }
}
