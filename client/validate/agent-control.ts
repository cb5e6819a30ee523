import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import { readControlFile } from '../../config/control-file.ts';
import { type Create, error, type Finding, ok, warning } from '../../config/finding.ts';

/** The agents that a control file made by `--fix` has; the Python version's. */
const DEFAULT_AGENTS = [
  { agentName: 'dispatcher', agentType: 'orchestrator' },
  { agentName: 'architect', agentType: 'architect' },
];

/** The agent control file by itself: whether it can be read, and what in it has no effect. */
export async function checkControlFile(config: Config, create: Create): Promise<Finding[]> {
  const path = config.agentControlFile;
  const name = `Agent control file ${JSON.stringify(path)}`;
  let read = await readControlFile(path);
  if (read.state === 'missing' && create) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, `${JSON.stringify(DEFAULT_AGENTS, null, 2)}\n`, { flag: 'wx' });
      create(`${name} with ${DEFAULT_AGENTS.map(({ agentName }) => agentName).join(' and ')}`);
      read = await readControlFile(path);
    } catch (reason) {
      return [error(`${name} cannot be created: ${(reason as Error).message}.`)];
    }
  }
  switch (read.state) {
    case 'broken':
      return read.problems.map((problem) => error(`${name}: ${problem}.`));
    case 'missing':
      return [
        warning(
          `${name} does not exist: legacy mode, only tasks assigned to agents of TINYSCHEDULER_AGENT_LIMITS run; --fix creates it.`,
        ),
      ];
    case 'good':
      if (read.entries.length === 0) return [];
      return [
        ok(`${name} lists ${read.entries.length} agent${read.entries.length === 1 ? '' : 's'}.`),
        ...read.warnings.map((clause) => warning(`${name}: ${clause}.`)),
      ];
  }
}
