import { installRuntime, openStderrLog } from '../../workers/logging.ts';

let quiet = false;

/** The SDK logs to the console unless told otherwise, and can be told once in a process. */
export function quietRuntime(): void {
  if (!quiet) installRuntime(openStderrLog('ERROR'), 'ERROR');
  quiet = true;
}
