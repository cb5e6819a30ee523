// @ts-check

/** @type {Set<() => void>} */
const cleanups = new Set();

/** As a shell says that a signal has ended a program. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
const signals = /** @type {(keyof typeof EXIT_CODES)[]} */ (Object.keys(EXIT_CODES));

/**
 * Has `cleanup` called when this process ends, what was asked for last first: of its own accord, by `process.exit`, or
 * by a signal that nobody else in this process listens to. It must not wait for anything.
 * @param {() => void} cleanup
 * @returns {() => void} Takes it back.
 */
export function atExit(cleanup) {
  if (cleanups.size === 0) listen('on');
  const own = () => cleanup();
  cleanups.add(own);
  return () => {
    if (cleanups.delete(own) && cleanups.size === 0) listen('off');
  };
}

/** @param {'on' | 'off'} how */
function listen(how) {
  process[how]('exit', cleanUp);
  for (const signal of signals) process[how](signal, exitUnlessHandled);
}

function cleanUp() {
  for (const cleanup of [...cleanups].reverse()) {
    try {
      cleanup();
    } catch {
      // The others are still to be called, and nobody is left to be told.
    }
  }
}

/** @param {NodeJS.Signals} signal */
function exitUnlessHandled(signal) {
  const code = signals.find((name) => name === signal);
  if (code && process.listenerCount(signal) === 1) process.exit(EXIT_CODES[code]);
}
