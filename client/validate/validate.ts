import type { LoadedConfig } from '../../config/config.ts';
import { checkDirectories } from '../../config/directories.ts';
import { type Finding, ok, warning } from '../../config/finding.ts';
import { withAgentFiles } from '../../config/starter.ts';
import { checkControlFile } from './agent-control.ts';
import { checkAgents } from './agents.ts';
import { checkContainment } from './containment.ts';
import { checkGoose, checkProvider } from './goose.ts';
import { checkTinyTask } from './tinytask.ts';

export interface Validation {
  /** Everything that was looked at, in order; `ok` ones too. */
  problems: Finding[];
  /** What `fix` has created. */
  fixed: string[];
}

/**
 * Looks at everything a run needs, with the functions that a run itself calls before it claims a task. With `fix` it
 * creates what is missing; it never changes what is there.
 */
export async function validateConfig(
  configured: LoadedConfig,
  { fix }: { fix: boolean },
): Promise<Validation> {
  const loaded = withAgentFiles(configured);
  const { config, warnings, sources } = loaded;
  const fixed: string[] = [];
  const create = fix ? (what: string) => fixed.push(what) : undefined;
  const directories = await checkDirectories(config, create);
  const controlFile = await checkControlFile(config, create);
  const { goose, finding } = await checkGoose(loaded);
  const agents = await checkAgents(loaded, goose);
  const problems: Finding[] = [
    ...warnings.map(warning),
    ...directories,
    ...(sources.agentControlFile === 'starter' ? [ok(sayStarter(configured.config.agentControlFile))] : []),
    ...controlFile,
    ...agents.findings,
    finding,
    ...(goose === undefined ? [] : [await checkProvider(loaded, goose, agents.withoutProvider)]),
    await checkContainment(),
    await checkTinyTask(config),
  ];
  return { problems, fixed };
}

function sayStarter(path: string): string {
  return `There is no agent control file ${JSON.stringify(path)} yet, so those of examples/starter count until there is.`;
}
