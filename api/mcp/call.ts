import type { CallToolResult } from '@modelcontextprotocol/server';
import { type ApiFailure, isRefusal, RefusedError, type WrongValue } from '../../contract/api.ts';
import type { ApiEvent } from '../../contract/api-events.ts';
import { SchedulerError } from '../../contract/errors.ts';
import { sayRefusal } from '../../words/api-refusal.ts';
import { sayFailure, schedulerError } from '../../words/errors.ts';
import { nextStep } from '../../words/next-step.ts';
import { OVER_MCP } from '../../words/ways.ts';
import { factsJson } from '../answer/facts.ts';
import { allowedBy } from '../answer/problem.ts';
import { TOOLS } from './tools/all.ts';
import { checkMay, type Desk, type Told, type Tool } from './tools/tool.ts';

/** Whoever calls gets an answer by then: clients give up on slow tools, and models wait for them. */
const WITHIN_MS = 1_800;

export interface Calling {
  desk: Desk;
  tell: (event: ApiEvent) => void;
  /** The request that it came with; null: by stdio. */
  requestId: string | null;
}

/** Calls a tool; what goes wrong is an answer too, with a code and what to do next. */
export async function callTool(
  { desk, tell, requestId }: Calling,
  { name, args }: { name: string; args: Record<string, unknown> | undefined },
): Promise<CallToolResult> {
  const beganMs = performance.now();
  const found = TOOLS.find((each) => each.name === name);
  const told = await carryOut(found, { name, args }, desk).catch((error: unknown) => {
    const failure = failureOf(error);
    if (failure.code === 'internal') tell({ what: 'defect', requestId, error });
    return failure;
  });
  const code = 'code' in told ? told.code : null;
  tell({
    ...{ what: 'tool', tool: found?.name ?? 'unknown', writes: found?.scope === 'operate', who: desk.who },
    ...{ code, requestId, tookMs: Math.round(performance.now() - beganMs) },
  });
  return 'code' in told ? failed(told) : answered(told);
}

async function carryOut(
  found: Tool | undefined,
  { name, args = {} }: { name: string; args: Record<string, unknown> | undefined },
  desk: Desk,
): Promise<Told> {
  if (found === undefined)
    throw new RefusedError({
      code: 'no-such-tool',
      tool: name.slice(0, 100),
      allowed: TOOLS.map((each) => each.name),
    });
  const { scope: needs } = found;
  checkMay(desk, needs);
  const read = found.shape.safeParse(withoutNulls(args));
  if (!read.success) throw new RefusedError({ code: 'bad-request', wrong: wrongIn(read.error.issues) });
  const hasty = hastyDesk(desk);
  try {
    return await within(found.run(read.data, hasty.desk), () =>
      tooLate(desk, needs === 'operate' && hasty.leave()),
    );
  } finally {
    if (needs === 'operate') desk.look.outdate();
  }
}

/** A desk at which nothing begins any more when its caller has left. `leave` returns whether anything had begun by then. */
function hastyDesk(desk: Desk): { desk: Desk; leave(): boolean } {
  let [begun, left] = [false, false];
  const use: Desk['scheduler']['use'] = (work) =>
    desk.scheduler.use((client) => {
      if (left) throw new Error('whoever asked for this has been told that it was not done');
      begun = true;
      return work(client);
    });
  return {
    desk: { ...desk, scheduler: { use, notConnectedYet: () => desk.scheduler.notConnectedYet() } },
    leave() {
      left = true;
      return begun;
    },
  };
}

/** @param changes it is not known whether something was changed */
function tooLate({ scheduler }: Desk, changes: boolean): Error {
  const failure = changes ? undefined : scheduler.notConnectedYet();
  if (failure !== undefined) return schedulerError(failure);
  return new RefusedError({ code: 'not-in-time', withinMs: WITHIN_MS, changes });
}

/** Models send null for what they leave out. */
function withoutNulls(args: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}

function wrongIn(issues: readonly { path: PropertyKey[]; message: string }[]): WrongValue[] {
  return issues.slice(0, 20).map(({ path, message }) => ({
    at: path.map(String).join('.').slice(0, 200) || 'arguments',
    says: message.slice(0, 300),
  }));
}

/** What has begun and takes longer goes on, and nobody hears how it ends. @throws what `late` gives */
async function within(work: Promise<Told>, late: () => Error): Promise<Told> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), WITHIN_MS);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

function failureOf(error: unknown): ApiFailure {
  if (error instanceof RefusedError) return error.refusal;
  return error instanceof SchedulerError ? error.failure : { code: 'internal' };
}

function answered({ summary, lines = [], facts }: Told): CallToolResult {
  return {
    content: [{ type: 'text', text: [summary, ...lines].join('\n') }],
    structuredContent: { summary, ...facts },
  };
}

function failed(failure: ApiFailure): CallToolResult {
  const { code, ...facts } = failure;
  const detail = isRefusal(failure) ? sayRefusal(failure) : sayFailure(failure);
  const next = nextStep(failure, OVER_MCP);
  return {
    isError: true,
    content: [{ type: 'text', text: `${code}: ${detail}\nNext: ${next}` }],
    structuredContent: {
      code,
      detail,
      facts: factsJson(facts),
      allowed: allowedBy(failure),
      next_step: next,
    },
  };
}
