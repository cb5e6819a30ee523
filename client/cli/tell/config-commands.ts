import { agentLimits } from '../../../config/agent-limits.ts';
import { configJson, configText } from '../../../config/show.ts';
import { withAgentFiles } from '../../../config/starter.ts';
import type { Context } from '../call/context.ts';
import { printJson, printLines } from '../show/print.ts';

export async function showConfig(context: Context, { json }: { json?: boolean }): Promise<number> {
  const loaded = withAgentFiles(context.loaded);
  const limits = await agentLimits(loaded);
  if (json) printJson(configJson(loaded, limits));
  else printLines(configText(loaded, limits));
  return 0;
}
