import { say } from '../show/print.ts';

/** As Node.js has it where a module waits for what never comes. */
const UNSETTLED = 13;

/** A command of which nothing goes on any more, though it is not done, must not look as if it were. */
export function failUnlessSettled(command: Promise<void>): void {
  let isSettled = false;
  void command.finally(() => {
    isSettled = true;
  });
  // Not at `exit`: whoever calls process.exit knows what it does.
  process.once('beforeExit', () => {
    if (isSettled) return;
    say('the command waits for something that cannot come any more; it is not done');
    process.exitCode ||= UNSETTLED;
  });
}
