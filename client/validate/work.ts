import type { Config } from '../../config/config.ts';
import { error, type Finding, ok } from '../../contract/findings.ts';
import type { Agent } from '../../domain/agent.ts';
import { isTemplate } from '../../domain/working-dir.ts';
import { checkVerify } from '../../goose/preflight.ts';
import { Unfit } from '../../goose/program/unfit.ts';
import type { Environment } from '../../goose/start/command-line.ts';
import { findGit } from '../../goose/workplace/git.ts';
import { checkInside } from '../../goose/workplace/made-directory.ts';
import { findRepository } from '../../goose/workplace/repository.ts';
import { checkWorkingDirectory } from './directories.ts';
import type { Make } from './make.ts';

interface Looking {
  config: Config;
  env: Environment;
  make: Make | undefined;
}

/** Where an agent works, and what verifies it, as an attempt looks at them before it starts. */
export async function checkWork(agent: Agent, looking: Looking): Promise<Finding[]> {
  return [...(await checkPlace(agent, looking)), ...(await checkVerifying(agent, looking.env))];
}

async function checkPlace(
  { name: agent, workingDir, worktree }: Agent,
  { config, env, make }: Looking,
): Promise<Finding[]> {
  const unfit = (text: string) => error({ code: 'workplace-unfit', agent, text });
  if (worktree !== undefined) {
    const { repository, base = 'HEAD' } = worktree;
    const find = async () => findRepository(findGit(env), worktree);
    return [await unlessUnfit(find, ok({ code: 'worktree-good', agent, repository, base }), unfit)];
  }
  if (workingDir === undefined) return [];
  if (!isTemplate(workingDir))
    return checkWorkingDirectory({ which: 'working', agent, path: workingDir }, make);
  const check = () => checkInside(config.basePath, workingDir);
  return [await unlessUnfit(check, ok({ code: 'workplace-made', agent, template: workingDir }), unfit)];
}

async function checkVerifying(
  { name: agent, rules: { verify } = {} }: Agent,
  env: Environment,
): Promise<Finding[]> {
  const [program] = verify?.command ?? [];
  if (program === undefined) return [];
  const check = () => checkVerify({ verify: verify?.command, env });
  const unfit = (text: string) => error({ code: 'verify-unfit', agent, text });
  return [await unlessUnfit(check, ok({ code: 'verify-good', agent, program }), unfit)];
}

async function unlessUnfit(
  check: () => Promise<unknown>,
  good: Finding,
  unfit: (text: string) => Finding,
): Promise<Finding> {
  try {
    await check();
    return good;
  } catch (reason) {
    if (!(reason instanceof Unfit)) throw reason;
    return unfit(reason.message);
  }
}
