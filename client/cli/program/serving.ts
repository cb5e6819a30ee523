import type { Command } from 'commander';
import { flagOptions } from '../../../config/flags.ts';
import { openContext, saidElsewhere, UsageError } from '../call/context.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

/** What brings processes up, schedules in them, and ends them. */
export function servingCommands(root: Command, caller: Caller): void {
  root
    .command('start')
    .description('bring up everything on this machine: Temporal with its Web UI, TinyTask, the scheduler')
    .option('--free-ports', 'with servers of its own on free ports, whatever runs on the usual ones')
    .action(async ({ freePorts }: { freePorts?: true }) => {
      const { runStart } = await import('../serve/start.ts');
      const ports = freePorts && { temporal: 0, ui: 0, tinytask: 0 };
      caller.done(
        await runStart({
          context: openContext(caller.global()),
          global: caller.global(),
          ...(ports && { ports }),
        }),
      );
    });

  root
    .command('stop')
    .description(
      'end everything of this base path, agents first, and the servers that were brought up for it',
    )
    .option('--timeout <seconds>', 'kill what has not ended after this long (default: 60)', typed.timeout)
    .action(async (options: { timeout?: number }) => {
      const { runStop } = await import('../serve/stop.ts');
      const { timeout } = options;
      caller.done(
        await runStop(openContext(caller.global()), timeout === undefined ? {} : { timeoutSec: timeout }),
      );
    });

  runCommand(root, caller);

  root
    .command('worker')
    .description('serve goose runs only, for more hosts')
    .action(async () => {
      const { serve } = await import('../serve/serve.ts');
      caller.done(await serve(openContext(caller.global(), {}, saidElsewhere), 'worker'));
    });
}

function runCommand(root: Command, caller: Caller): void {
  const run = root
    .command('run')
    .description('schedule: one pass (--once, or nothing), or until stopped (--daemon)')
    .option('--once', 'one pass; so is `run` alone')
    .option('--daemon', 'pass after pass, until stopped')
    .option('--wait', 'with --once: until what it started has ended')
    .option('--json', 'with --once: one JSON object');
  for (const { flags, description, repeatable } of flagOptions()) {
    if (repeatable) run.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    else run.option(flags, description);
  }
  run.action(async (options: Record<string, unknown>) => {
    if (options.once && options.daemon) throw new UsageError('run: say either --once or --daemon, not both');
    for (const only of ['wait', 'json', 'dryRun']) {
      if (options.daemon && options[only])
        throw new UsageError(`run: --${only === 'dryRun' ? 'dry-run' : only} goes with --once`);
    }
    if (options.daemon) {
      const { serve } = await import('../serve/serve.ts');
      return caller.done(await serve(openContext(caller.global(), options, saidElsewhere), 'daemon'));
    }
    const context = openContext(caller.global(), options);
    const { runOnce } = await import('../serve/run-once.ts');
    const own = new Set(['once', 'daemon', 'wait', 'json', 'dryRun', 'envFile']);
    const flags = Object.keys(options)
      .filter((key) => !own.has(key))
      .map((key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    caller.done(await runOnce(context, { json: options.json === true, wait: options.wait === true, flags }));
  });
}
