import { Command, Option } from 'commander';
import { calledAs } from '../../config/called-as.ts';
import { flagOptions } from '../../config/flags.ts';
import { nameProblem, parseTaskId } from '../../domain/names.ts';
import type { Selection } from '../scheduler-client.ts';
import { type GlobalOptions, openContext, saidElsewhere, UsageError } from './context.ts';
import { commanderOutput } from './print.ts';

// What a command needs is loaded when it runs, so that each process holds its own part of the program only.
const commands = () => import('./commands.ts');
const configCommands = () => import('./config-commands.ts');

const globalOptions = () => [
  new Option('--env-file <file>', 'read settings from this file (default: .env in the current directory)'),
  new Option('--base-path <path>', 'directory that relative paths start from'),
  new Option('--log-level <level>', 'DEBUG, INFO, WARNING or ERROR'),
];

/** The command line, with the words of the Python version. Actions set `process.exitCode`. */
export function program(): Command {
  const root = new Command(calledAs())
    .description('Runs TinyTask tasks on goose agents, on Temporal.')
    .configureOutput(commanderOutput)
    .exitOverride()
    .showHelpAfterError('(--help tells more)')
    // `temporal` passes on options that it does not know; that is possible only where the place of an option counts.
    .enablePositionalOptions();
  let given: GlobalOptions = {};
  const global = () => given;
  root.hook('preAction', (_, command) => {
    given = { ...root.opts<GlobalOptions>(), ...globalOnes(command) };
  });
  const done = (code: number) => {
    process.exitCode = code;
  };

  root
    .command('start')
    .description('bring up everything on this machine: Temporal with its Web UI, TinyTask, the scheduler')
    .option('--free-ports', 'with servers of its own on free ports, whatever runs on the usual ones')
    .action(async ({ freePorts }: { freePorts?: true }) => {
      const { runStart } = await import('./start.ts');
      const ports = freePorts && { temporal: 0, ui: 0, tinytask: 0 };
      done(await runStart({ context: openContext(global()), global: global(), ...(ports && { ports }) }));
    });

  root
    .command('stop')
    .description(
      'end everything of this base path, agents first, and the servers that were brought up for it',
    )
    .option('--timeout <seconds>', 'kill what has not ended after this long (default: 60)', seconds)
    .action(async (options: { timeout?: number }) => {
      const { runStop } = await import('./stop.ts');
      const { timeout } = options;
      done(await runStop(openContext(global()), timeout === undefined ? {} : { timeoutSec: timeout }));
    });

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
      const { serve } = await import('./serve.ts');
      return done(await serve(openContext(global(), options, saidElsewhere), 'daemon'));
    }
    const context = openContext(global(), options);
    const { runOnce } = await import('./run-once.ts');
    const own = new Set(['once', 'daemon', 'wait', 'json', 'dryRun', 'envFile']);
    const flags = Object.keys(options)
      .filter((key) => !own.has(key))
      .map((key) => `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    done(await runOnce(context, { json: options.json === true, wait: options.wait === true, flags }));
  });

  root
    .command('worker')
    .description('serve goose runs only, for more hosts')
    .action(async () => {
      const { serve } = await import('./serve.ts');
      done(await serve(openContext(global(), {}, saidElsewhere), 'worker'));
    });

  root
    .command('status')
    .description('agents with slots held/limit, running, waiting, parked, last pass')
    .option('--json', 'one JSON object')
    .option('--watch', 'again every 2 seconds')
    .action(async (options) => {
      const { showStatus } = await import('./status-command.ts');
      done(await showStatus(openContext(global()), options));
    });

  for (const verb of ['pause', 'resume'] as const) {
    root
      .command(verb)
      .description(
        verb === 'pause' ? 'start nothing more; what runs goes on' : 'start tasks again after a pause',
      )
      .option('--agent <agent>', 'this agent only', agentName)
      .option('--queue <queue>', 'the agents of this queue only')
      .action(async (options: Selection) => {
        const { pauseOrResume } = await commands();
        done(await pauseOrResume(openContext(global()), verb, options));
      });
  }
  root
    .command('drain')
    .description('pause, and wait until nothing runs')
    .option('--timeout <seconds>', 'give up waiting after this long (exit code 1)', seconds)
    .action(async (options: { timeout?: number }) => {
      const { timeout } = options;
      const { drain } = await import('./drain.ts');
      done(await drain(openContext(global()), timeout === undefined ? {} : { timeoutSec: timeout }));
    });
  root
    .command('run-now')
    .description('look for work at once; with a task: put it first in line')
    .argument('[task]', 'id of the task', taskId)
    .action(async (task: number | undefined) => {
      const { runNow } = await commands();
      done(await runNow(openContext(global()), task));
    });
  root
    .command('retry')
    .description('run a parked or backing-off task again; take back one that is working with nobody on it')
    .argument('<task>', 'id of the task', taskId)
    .action(async (task: number) => {
      const { retry } = await commands();
      done(await retry(openContext(global()), task));
    });
  root
    .command('cancel')
    .description("stop a task's run: goose ends, the task goes back to idle, parked until `retry`")
    .argument('<task>', 'id of the task', taskId)
    .action(async (task: number) => {
      const { cancel } = await commands();
      done(await cancel(openContext(global()), task));
    });
  root
    .command('explain')
    .description('why a task is where it is')
    .argument('<task>', 'id of the task', taskId)
    .action(async (task: number) => {
      const { explain } = await commands();
      done(await explain(openContext(global()), task));
    });
  root
    .command('add')
    .description('add a task to TinyTask')
    .argument('<title>')
    .option('--queue <queue>', 'queue whose agents may take it')
    .option('--agent <agent>', 'assign it to this agent', agentName)
    .option('--priority <n>', 'higher goes first (default: 0)', wholeNumber)
    .option('--blocked-by <id>', 'it waits for this task', taskId)
    .option('--description <text>', 'what is to be done')
    .action(async (title: string, options) => {
      const { add } = await commands();
      done(await add(openContext(global()), { title, ...options }));
    });

  root
    .command('config')
    .description('the configuration in force')
    .option('--show', 'every setting, its value and where it comes from')
    .option('--json', 'as one JSON object')
    .action(async (options) => {
      const { showConfig } = await configCommands();
      done(await showConfig(openContext(global()), options));
    });
  root
    .command('validate-config')
    .description('check the configuration, the agents, their recipes and the programs needed')
    .option('--fix', 'make missing directories and a default agent control file')
    .action(async (options) => {
      const { validate } = await configCommands();
      done(await validate(openContext(global(), {}, saidElsewhere), options));
    });

  const temporal = root
    .command('temporal')
    .description("Temporal's own command line, with the server and namespace of this base path")
    .argument('[arguments...]', 'passed on as they are; options of TinyScheduler go before `temporal`')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (passedOn: string[]) => {
      const { passToTemporal } = await import('./temporal-command.ts');
      done(await passToTemporal(openContext(global()), passedOn));
    });

  root
    .command('internal-tinytask', { hidden: true })
    .requiredOption('--database <file>')
    .option('--port <port>', 'port', wholeNumber, 0)
    .action(async (options) => {
      const { runInternalTinytask } = await import('./internal-tinytask.ts');
      await runInternalTinytask(options);
    });
  for (const command of [root, ...root.commands]) if (command !== temporal) takeGlobalOptions(command);
  return root;
}

/** People write them before the command and after it. */
function takeGlobalOptions(command: Command): void {
  const known = command.options.map(({ long }) => long);
  for (const option of globalOptions()) if (!known.includes(option.long)) command.addOption(option);
}

function globalOnes(command: Command): GlobalOptions {
  const { envFile, basePath, logLevel } = command.opts<GlobalOptions>();
  return {
    ...(envFile !== undefined && { envFile }),
    ...(basePath !== undefined && { basePath }),
    ...(logLevel !== undefined && { logLevel }),
  };
}

function taskId(text: string): number {
  const id = parseTaskId(text);
  if (id === undefined)
    throw new UsageError(`${JSON.stringify(text)} is not a task id: give a whole number from 1, such as 42`);
  return id;
}

function agentName(text: string): string {
  const problem = nameProblem(text);
  if (problem !== undefined) throw new UsageError(`--agent: ${problem}`);
  return text;
}

function seconds(text: string): number {
  if (!/^\d{1,9}(\.\d+)?$/.test(text))
    throw new UsageError(`${JSON.stringify(text)} is not a number of seconds`);
  return Number(text);
}

function wholeNumber(text: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new UsageError(`${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}
