import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import { type ControlFile, readControlFile } from '../../config/control-file.ts';
import { readLastGood } from '../../config/last-good.ts';
import { error, type Finding, ok, warning } from '../../contract/findings.ts';
import type { Make } from './make.ts';

/** The agents that a control file made by `--fix` has; the Python version's. */
const DEFAULT_AGENTS = [
  { agentName: 'dispatcher', agentType: 'orchestrator' },
  { agentName: 'architect', agentType: 'architect' },
];

/** The agent control file by itself: whether it can be read, and what in it has no effect. */
export async function checkControlFile(config: Config, make: Make | undefined): Promise<Finding[]> {
  const { agentControlFile: path } = config;
  const read = await readControlFile(path);
  if (read.state !== 'missing' || make === undefined) return findingsOf(read, config);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify(DEFAULT_AGENTS, null, 2)}\n`, { flag: 'wx' });
    make({ made: 'control-file', path, agents: DEFAULT_AGENTS.map(({ agentName }) => agentName) });
  } catch (reason) {
    return [error({ code: 'control-file-not-made', path, text: (reason as Error).message })];
  }
  return findingsOf(await readControlFile(path), config);
}

async function findingsOf(read: ControlFile, config: Config): Promise<Finding[]> {
  const { agentControlFile: path, stateDir } = config;
  switch (read.state) {
    case 'broken': {
      const kept = await readLastGood(stateDir, path);
      return [
        ...read.problems.map((text) => error({ code: 'control-file-wrong', path, text })),
        ...(kept === undefined
          ? []
          : [warning({ code: 'control-file-last-good', agents: kept.length } as const)]),
      ];
    }
    case 'missing':
      return [warning({ code: 'control-file-missing', path })];
    case 'good': {
      const { length: agents } = read.entries;
      return [
        ...(agents === 0 ? [] : [ok({ code: 'control-file-good', path, agents })]),
        ...read.warnings.map((text) => warning({ code: 'control-file-without-effect', path, text })),
      ];
    }
  }
}
