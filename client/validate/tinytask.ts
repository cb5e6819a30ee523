import { calledAs } from '../../config/called-as.ts';
import type { Config } from '../../config/config.ts';
import { type Finding, ok, warning } from '../../config/finding.ts';

const ANSWERS_WITHIN_MS = 2_000;

/** Whether TinyTask answers. */
export async function checkTinyTask({ mcpEndpoint, mcpEndpointExplicit }: Config): Promise<Finding> {
  const name = `TinyTask at ${mcpEndpoint}`;
  try {
    const answer = await fetch(`${mcpEndpoint}/health`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    await answer.body?.cancel();
    if (answer.ok) return ok(`${name} answers.`);
    return warning(`${name} answers ${answer.status} to /health; is it TinyTask?`);
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error && cause.message ? cause.message : message;
    const hint = mcpEndpointExplicit
      ? 'start it, or correct TINYSCHEDULER_MCP_ENDPOINT'
      : `start it, or use \`${calledAs()} start\`, which brings one`;
    return warning(`${name} does not answer (${reason}); ${hint}.`);
  }
}
