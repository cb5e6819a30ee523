import { expect, test } from 'vitest';
import { toolsFor } from '../../api/mcp/server.ts';
import { nextStep } from '../../words/next-step.ts';
import { OVER_HTTP, OVER_MCP } from '../../words/ways.ts';
import { FAILURES } from '../support/api-failures.ts';

/** Of requests: they are answered before there is a tool. */
const OF_HTTP =
  /^(wrong-content-type|wrong-host|wrong-origin|token-in-query|beyond-log|precondition-failed)$/;
const TOOLS = toolsFor({ scope: 'operate' }).map(({ name }) => name);

test.each(FAILURES)('the next step after $code is a request over HTTP, and a tool over MCP', (failure) => {
  const [http, mcp] = [nextStep(failure, OVER_HTTP), nextStep(failure, OVER_MCP)];
  expect(http).not.toMatch(/scheduler_/);
  expect(nextStep(failure)).toBe(http);
  if (!OF_HTTP.test(failure.code)) expect(mcp).not.toMatch(/GET |POST |PATCH |\/api|\/readyz|Idempotency/);
  const named = [...mcp.matchAll(/scheduler_\w+/g)].map(([name]) => name);
  expect(named.filter((name) => !TOOLS.includes(name))).toEqual([]);
});
