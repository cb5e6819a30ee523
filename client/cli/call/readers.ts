import { stderr, stdout } from 'node:process';
import { say } from '../show/print.ts';

/** A pipe whose reader has ended, a terminal that was closed. */
const GONE = new Set(['EPIPE', 'EIO', 'ECONNRESET', 'ERR_STREAM_DESTROYED']);

let tell: () => void;
/** Settles when nobody reads what this process answers. */
export const readerGone = new Promise<void>((resolve) => {
  tell = resolve;
});

/**
 * From now on a reader that goes away ends nothing: what a command does is not less wanted because of `| head`, and a
 * daemon does not depend on who reads its log. An answer that cannot be written for another reason, such as a full disk,
 * is told, and makes the exit code 1.
 */
export function outliveReaders(): void {
  let failed = false;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    tell();
    if (failed || GONE.has(error.code ?? '')) return;
    failed = true;
    say(`the answer could not be written: ${error.message}`);
  });
  stderr.on('error', () => undefined);
  process.on('exit', (code) => {
    if (failed && code === 0) process.exitCode = 1;
  });
}
