import { ApplicationFailure } from '@temporalio/common';
import { TaskNotFound, TinyTaskError } from '../../tinytask/errors.ts';

/** What TinyTask has refused it will refuse again. */
export async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TinyTaskError && error.kind === 'refused')
      throw ApplicationFailure.nonRetryable(error.message, 'refused');
    throw error;
  }
}

/** A task that is not there any more is none of ours. */
export async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
  }
}
