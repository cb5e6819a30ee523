import type { Verdict } from '../../domain/attempt/verdict.ts';

/** What a check says when a person has to mend something: one clause that says what is wrong and what to do. */
export class Unfit extends Error {
  override readonly name: string = 'Unfit';
  /** Whose it is to mend: of the agent, unless said otherwise. */
  readonly kind: Verdict['kind'] = 'misconfigured';
}

/** Of something that belongs to the task at hand, such as the recipe that its own tag names: other tasks are well. */
export class UnfitTask extends Unfit {
  override readonly kind: Verdict['kind'] = 'task-misconfigured';
}

/** Of a task that asks for what nobody may have run. */
export class NotRunnable extends Unfit {
  override readonly kind: Verdict['kind'] = 'not-runnable';
}

/** Throws what is no Unfit. */
export function unfitVerdict(error: unknown): Verdict {
  if (!(error instanceof Unfit)) throw error;
  return { kind: error.kind, reason: error.message };
}
