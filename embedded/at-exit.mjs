// @ts-check

/** @type {Set<() => void>} */
const cleanups = new Set();
let listening = false;

/**
 * Has `cleanup` called when this process ends by `process.exit` or of its own accord, what was asked for last first; it
 * must not wait for anything. A process that a signal ends calls nothing: whoever wants that exits on the signal.
 * @param {() => void} cleanup
 * @returns {() => void} Takes it back.
 */
export function atExit(cleanup) {
  if (!listening) process.once('exit', cleanUp);
  listening = true;
  const own = () => cleanup();
  cleanups.add(own);
  return () => void cleanups.delete(own);
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
