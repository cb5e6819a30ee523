import { type Command, Option } from 'commander';
import { flagOptions } from '../../../config/flags.ts';
import { SCOPES } from '../../../contract/api.ts';
import { openContext, saidElsewhere } from '../call/context.ts';
import type { CreateOptions } from '../tell/token-commands.ts';
import type { Caller } from './caller.ts';
import * as typed from './typed.ts';

const tokens = () => import('../tell/token-commands.ts');

/** What serves the API over HTTP, and says who may use it. */
export function apiCommands(root: Command, caller: Caller): void {
  const serve = root.command('serve').description('serve the API over HTTP, until stopped: docs/api.md');
  for (const { flags, description } of flagOptions())
    if (/^--(no-)?api-/.test(flags)) serve.option(flags, description);
  serve.action(async (options: Record<string, unknown>) => {
    const { runServe } = await import('../serve/serve-api.ts');
    caller.done(await runServe(() => openContext(caller.global(), options, saidElsewhere)));
  });

  keptApiCommand(root, caller);
  root
    .command('mcp')
    .description('the tools for agents, over stdin and stdout: docs/mcp.md')
    .option('--read-only', 'only those that change nothing')
    .addOption(new Option('--programs', 'also schedules that run programs of BIN_DIR').conflicts('readOnly'))
    .action(async ({ readOnly, programs }: { readOnly?: boolean; programs?: boolean }) => {
      const { runMcp } = await import('../serve/serve-mcp.ts');
      const scope = readOnly ? 'read' : programs ? 'admin' : 'operate';
      caller.done(await runMcp(() => openContext(caller.global(), {}, saidElsewhere), { scope }));
    });

  const token = root.command('token').description('who may use the API: tokens of a scope');
  token
    .command('create')
    .description('make a token, and print it this once')
    .addOption(
      new Option('--scope <scope>', 'what it may: see; also do what is easily undone; also set limits')
        .choices(SCOPES)
        .makeOptionMandatory(),
    )
    .option(
      '--name <name>',
      'whose it is, as the log and notes name it (default: the scope)',
      typed.tokenName,
    )
    .option(
      '--expires <time>',
      'it counts no more after this long: 12h, 30d (default: it does not end)',
      typed.lifetime,
    )
    .option('--json', 'one JSON object')
    .action(async (options: CreateOptions) => {
      caller.done(await (await tokens()).createToken(openContext(caller.global()), options));
    });
  token
    .command('list')
    .description('those that there are, without what is secret of them')
    .option('--json', 'one JSON object')
    .action(async (options: { json?: true }) => {
      caller.done(await (await tokens()).listTokens(openContext(caller.global()), options));
    });
  token
    .command('revoke')
    .description('it counts no more, at once')
    .argument('<token>', 'its id, as `token list` has it', typed.tokenId)
    .action(async (id: string) => {
      caller.done(await (await tokens()).revokeToken(openContext(caller.global()), id));
    });
}

/** What `start` and `run --daemon` keep up, configured as they are. */
function keptApiCommand(root: Command, caller: Caller): void {
  const kept = root.command('internal-api', { hidden: true });
  kept.requiredOption('--listen <port>', 'port', typed.port);
  for (const { flags, description, repeatable } of flagOptions()) {
    if (repeatable) kept.option(flags, description, (value: string, all: string[] = []) => [...all, value]);
    else kept.option(flags, description);
  }
  kept.action(async ({ listen, ...options }: { listen: number } & Record<string, unknown>) => {
    const { runKeptApi } = await import('../serve/serve-api.ts');
    caller.done(await runKeptApi(() => openContext(caller.global(), options, saidElsewhere), listen));
  });
}
