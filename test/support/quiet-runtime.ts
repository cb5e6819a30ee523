import { Log } from '../../workers/log/log.ts';
import { installRuntime } from '../../workers/logging.ts';

let quiet = false;

/** The SDK logs to the console unless told otherwise, and can be told once in a process. Its errors are shown. */
export function quietRuntime(): void {
  if (quiet) return;
  installRuntime(new Log([{ level: 'ERROR', to: ({ text }) => console.error(text) }]), 'ERROR');
  quiet = true;
}
