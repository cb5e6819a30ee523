import { calledAs } from '../../config/called-as.ts';
import type { Config } from '../../config/config.ts';
import { type Finding, ok, warning } from '../../config/finding.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { healthUrl } from '../../tinytask/endpoint.ts';
import { sayOlderTinyTask } from '../../words/older-tinytask.ts';

const ANSWERS_WITHIN_MS = 2_000;

/** Whether TinyTask answers. */
export async function checkTinyTask({ mcpEndpoint, mcpEndpointExplicit }: Config): Promise<Finding> {
  const name = `TinyTask at ${mcpEndpoint}`;
  try {
    const answer = await fetch(healthUrl(mcpEndpoint), { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    await answer.body?.cancel();
    if (answer.ok) return (await older(mcpEndpoint)) ?? ok(`${name} answers.`);
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

/** What does not work with it, where it is a TinyTask 1. */
async function older(endpoint: string): Promise<Finding | undefined> {
  const tinytask = connectTinyTask({ endpoint, deadlineMs: ANSWERS_WITHIN_MS });
  try {
    const { speaks, lacks } = await tinytask.kind();
    if (speaks !== 'sse' && lacks.length === 0) return undefined;
    return warning(sayOlderTinyTask({ lacks, sse: speaks === 'sse' }));
  } catch {
    // Whether it can be worked with is found out where it is worked with.
    return undefined;
  } finally {
    await tinytask.close();
  }
}
