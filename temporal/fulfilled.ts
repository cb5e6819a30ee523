import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Answer } from '../contract/answers.ts';
import { MAIN_QUEUE } from '../contract/ids.ts';
import { answerTo, type Wish } from '../contract/messages.ts';
import type { Workflows } from '../contract/workflows.ts';
import { isNobodyThere } from './failures.ts';

/** The workflow has said no, and would again. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    says: string,
    /** An ErrorCode, where there is one for it. */
    readonly type: string | null,
  ) {
    super(says);
  }
}

/** The workflow has the wish, and nobody has said in time what became of it. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';

  constructor(readonly withinMs: number) {
    super(`nobody has answered within ${withinMs / 1_000} s`);
  }
}

/** Whom to ask. `start`: it is started where it is not there. */
export interface Asked {
  workflowId: string;
  start?: { workflow: keyof Workflows; args: unknown[]; summary?: string };
}

export interface Question<Result, Args extends unknown[]> extends Asked {
  wish: Wish<Result, Args>;
  args: NoInfer<Args>;
}

interface HowLong {
  withinMs: number;
  /** Of the wish: asked again with the same one, it is the same wish. */
  id?: string;
}

const FIRST_PAUSE_MS = 30;
const LONGEST_PAUSE_MS = 1_000;
const ONE_LOOK_MS = 5_000;

/**
 * Asks a workflow of ours for something, and waits for the answer.
 * @throws Refused @throws Unanswered @throws WorkflowNotFoundError where there is none, and none is to be started
 */
export async function fulfilled<Result, Args extends unknown[]>(
  client: Client,
  question: Question<Result, Args>,
  { withinMs, id = randomUUID() }: HowLong,
): Promise<Result> {
  const untilMs = performance.now() + withinMs;
  const left = () => Math.max(1, untilMs - performance.now());
  const { workflowId, wish, args } = question;
  // The place of the id is fixed.
  const contents = [...wish.shapes.map((_, at) => args[at]), id];
  try {
    await client.withDeadline(Date.now() + left(), () => tell(client, question, wish.name, contents));
    return resultOf<Result>(await answer(client, workflowId, { id, left, withinMs }));
  } catch (error) {
    const isLate = performance.now() >= untilMs && isNobodyThere(error);
    throw isLate && !(error instanceof WorkflowNotFoundError) ? new Unanswered(withinMs) : error;
  }
}

async function tell(
  client: Client,
  { workflowId, start }: Asked,
  signal: string,
  signalArgs: unknown[],
): Promise<void> {
  if (start === undefined) {
    await client.workflow.getHandle(workflowId).signal(signal, ...signalArgs);
    return;
  }
  const { workflow, args, summary: staticSummary } = start;
  await client.workflow.signalWithStart(workflow, {
    ...{ workflowId, taskQueue: MAIN_QUEUE, args, signal, signalArgs },
    ...(staticSummary !== undefined && { staticSummary }),
  });
}

type Given = Exclude<Answer, { state: 'unknown' | 'at-work' }>;

async function answer(
  client: Client,
  workflowId: string,
  { id, left, withinMs }: { id: string; left: () => number; withinMs: number },
): Promise<Given> {
  const handle = client.workflow.getHandle(workflowId);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    try {
      const lookMs = Math.min(left(), ONE_LOOK_MS);
      const given = await client.withDeadline(Date.now() + lookMs, () => handle.query(answerTo, id));
      if (given.state === 'answered' || given.state === 'refused') return given;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || !isNobodyThere(error)) throw error;
    }
    if (left() <= pauseMs) throw new Unanswered(withinMs);
    await sleep(pauseMs);
  }
}

function resultOf<Result>(given: Given): Result {
  if (given.state === 'refused') throw new Refused(given.says, given.type);
  return given.result as Result;
}
