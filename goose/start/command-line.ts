import { basename } from 'node:path';
import { isPassed } from '../../domain/goose-variables.ts';
import { RUN_OWNER_VARIABLE, RUN_TOKEN_VARIABLE } from './marks.ts';

export interface GooseCommandInput {
  /** Path of the goose binary. */
  bin: string;
  recipePath: string;
  taskId: number;
  agent: string;
  queue: string | null;
  /** From 1. */
  attempt: number;
  basePath: string;
  /** `http://…/mcp`; absent if the recipe brings its own TinyTask or a setting says no. */
  tinytaskMcpUrl?: string;
  /** Path of a program and its first arguments, by which goose is started; see `findLauncher`. */
  launchPrefix?: readonly string[];
}

export interface GooseCommand {
  file: string;
  args: string[];
  /** Another program is started, which is to start goose: its name, for people. */
  launcher?: string;
}

/** The command line of a run. A recipe has to declare the parameters that it uses, and those alone. */
export function gooseCommand(input: GooseCommandInput): GooseCommand {
  const params = {
    task_id: String(input.taskId),
    agent: input.agent,
    queue: input.queue ?? '',
    attempt: String(input.attempt),
    base_path: input.basePath,
  };
  return launched(input.launchPrefix, {
    file: input.bin,
    args: [
      'run',
      '--recipe',
      input.recipePath,
      ...Object.entries(params).flatMap(([name, value]) => ['--params', `${name}=${value}`]),
      '--no-session',
      '--output-format',
      'stream-json',
      ...(input.tinytaskMcpUrl === undefined
        ? []
        : ['--with-streamable-http-extension', input.tinytaskMcpUrl]),
    ],
  });
}

/** No shell stands between: each argument arrives as it is written. */
function launched(prefix: readonly string[] = [], { file, args }: GooseCommand): GooseCommand {
  const [launcher, ...first] = prefix;
  if (launcher === undefined) return { file, args };
  return { file: launcher, args: [...first, file, ...args], launcher: basename(launcher) };
}

export type Environment = Record<string, string | undefined>;

/**
 * What goose is given of the environment: without what it has no business with (see `isHeldBack`), and with
 * `GOOSE_MODE=auto` unless set, since nobody is there to be asked.
 *
 * @param names the variables that its agent's entry names; undefined: it has no such list, and gets the rest
 */
export function userEnvironment(base: Environment, names?: readonly string[]): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && isPassed(entry[0], names),
  );
  return { GOOSE_MODE: 'auto', ...Object.fromEntries(kept) };
}

/** The environment of a run: all that it starts is known by the token, and its worker by the owner. */
export function gooseEnvironment(
  base: Environment,
  runToken: string,
  owner?: string,
  names?: readonly string[],
): Record<string, string> {
  return {
    ...userEnvironment(base, names),
    [RUN_TOKEN_VARIABLE]: runToken,
    ...(owner !== undefined && { [RUN_OWNER_VARIABLE]: owner }),
  };
}

/** The name that goose gives an extension of which it is only told the address. */
export function extensionNameOf(mcpUrl: string): string {
  return mcpUrl.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9]/g, '_');
}
