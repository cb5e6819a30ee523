// What the examples beside have in common: a connection, an end by Ctrl-C, and one line and an exit code for what fails.
//
//   0  well        1  the answer is no        2  wrong use        3  not in time        4  the scheduler could not be asked
//   130  Ctrl-C    143  SIGTERM
import { connectScheduler, hasCode } from 'tinyscheduler/client';

/** Wrong use of a script. */
export class Usage extends Error {}

/** Says something on stderr; stdout is for what others read. */
export function say(text) {
  console.error(plain(text));
}

/** Titles come from anybody: what a terminal would obey is shown as a question mark. */
export function plain(text) {
  return String(text).replace(/[^\P{C}\n]|[\u2028\u2029]/gu, '?');
}

/** A day of this machine, as `2026-11-25`. */
export function dayOf(date) {
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** @param work is given the scheduler, and a signal that ends it; it returns the exit code */
export async function script(work) {
  const stop = new AbortController();
  const stopBy = (name) => stop.abort(name);
  process.once('SIGINT', stopBy);
  process.once('SIGTERM', stopBy);
  let scheduler;
  try {
    // Found as the commands find it: by .env, the environment, or what `npm start` has brought up.
    scheduler = await connectScheduler({ warn: say });
    stop.signal.throwIfAborted();
    process.exitCode = await work(scheduler, stop.signal);
  } catch (error) {
    process.exitCode = exitCodeOf(error, stop.signal);
  } finally {
    await scheduler?.close();
    process.off('SIGINT', stopBy);
    process.off('SIGTERM', stopBy);
  }
}

function exitCodeOf(error, signal) {
  if (signal.aborted) {
    say(`ended by ${signal.reason}`);
    return signal.reason === 'SIGTERM' ? 143 : 130;
  }
  if (error instanceof Usage || error.code === 'bad-configuration') {
    say(error.message);
    return 2;
  }
  // Errors of the scheduler have a code that stays, and a message for people.
  say(error.code === undefined ? error.stack : `${error.message} (${error.code})`);
  return hasCode(error, 'not-ended-yet') ? 3 : 4;
}
