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
}

export interface GooseCommand {
  file: string;
  args: string[];
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
  return {
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
  };
}

export type Environment = Record<string, string | undefined>;

/**
 * What goose is given of the environment: without what it has no business with (Temporal's settings, tokens and keys of
 * ours), and with `GOOSE_MODE=auto` unless set, since nobody is there to be asked.
 */
export function userEnvironment(base: Environment): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isPrivate(entry[0]),
  );
  return { GOOSE_MODE: 'auto', ...Object.fromEntries(kept) };
}

/** The environment of a run: all that it starts is known by the token, and its worker by the owner. */
export function gooseEnvironment(
  base: Environment,
  runToken: string,
  owner?: string,
): Record<string, string> {
  return {
    ...userEnvironment(base),
    [RUN_TOKEN_VARIABLE]: runToken,
    ...(owner !== undefined && { [RUN_OWNER_VARIABLE]: owner }),
  };
}

function isPrivate(name: string): boolean {
  if (name.startsWith('TEMPORAL_')) return true;
  return name.startsWith('TINYSCHEDULER_') && /TOKEN|KEY|SECRET|PASSWORD/.test(name);
}

/** The name that goose gives an extension of which it is only told the address. */
export function extensionNameOf(mcpUrl: string): string {
  return mcpUrl.replace(/^https?:\/\//, '').replace(/[^A-Za-z0-9]/g, '_');
}
