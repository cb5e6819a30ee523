import { Command, Option } from 'commander';
import { calledAs } from '../../config/called-as.ts';
import { type GlobalOptions, openContext } from './call/context.ts';
import { apiCommands } from './program/api.ts';
import { backupCommands } from './program/backup.ts';
import type { Caller } from './program/caller.ts';
import { configurationCommands } from './program/configuration.ts';
import { foreseeingCommands } from './program/foreseeing.ts';
import { lookingCommands } from './program/looking.ts';
import { reportCommand } from './program/report.ts';
import { schedulerCommands } from './program/scheduler.ts';
import { scheduleCommands } from './program/schedules.ts';
import { servingCommands } from './program/serving.ts';
import { switchCommands } from './program/switches.ts';
import { taskCommands } from './program/tasks.ts';
import * as typed from './program/typed.ts';
import { commanderOutput } from './show/print.ts';

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
  root.hook('preAction', (_, command) => {
    given = { ...root.opts<GlobalOptions>(), ...globalOnes(command) };
  });
  const caller: Caller = {
    global: () => given,
    done(code) {
      process.exitCode = code;
    },
  };

  servingCommands(root, caller);
  schedulerCommands(root, caller);
  lookingCommands(root, caller);
  foreseeingCommands(root, caller);
  switchCommands(root, caller);
  taskCommands(root, caller);
  scheduleCommands(root, caller);
  reportCommand(root, caller);
  configurationCommands(root, caller);
  backupCommands(root, caller);
  apiCommands(root, caller);
  const temporal = root
    .command('temporal')
    .description("Temporal's own command line, with the server and namespace of this base path")
    .argument('[arguments...]', 'passed on as they are; options of TinyScheduler go before `temporal`')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (passedOn: string[]) => {
      const { passToTemporal } = await import('./tell/temporal-command.ts');
      caller.done(await passToTemporal(openContext(caller.global()), passedOn));
    });

  root
    .command('internal-tinytask', { hidden: true })
    .requiredOption('--database <file>')
    .option('--port <port>', 'port', typed.port, 0)
    .action(async (options) => {
      const { runInternalTinytask } = await import('./serve/internal-tinytask.ts');
      await runInternalTinytask(options);
    });
  const all = [root, ...root.commands, ...root.commands.flatMap(({ commands }) => commands)];
  for (const command of all) if (command !== temporal) takeGlobalOptions(command);
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
