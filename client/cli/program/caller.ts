import type { GlobalOptions } from '../call/context.ts';

/** What each command needs of the program that called it. */
export interface Caller {
  /** The options that all commands have, as they were given. */
  global(): GlobalOptions;
  /** Sets the exit code. */
  done(code: number): void;
}

/** Loaded when one of them runs, so that each process holds its own part of the program only. */
export const commands = () => import('../tell/commands.ts');
