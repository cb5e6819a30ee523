import type { z } from '@hono/zod-openapi';
import type { problemShape } from '../../api/answer/problem-shape.ts';
import { token, wantToken } from './token.ts';

/** A failure as the API tells it; `code` is `no-answer` where the API itself does not answer. */
export type Problem = Pick<
  z.infer<typeof problemShape>,
  'status' | 'code' | 'detail' | 'next_step' | 'facts'
>;

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const ANSWER_MS = 20_000;
/** Longer than agents are given to stop what runs on them, and 20 s; and enough for many tasks at once. */
const WRITE_MS = 90_000;

/** @throws ApiProblem */
export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await send(path, { method: 'GET', ...(signal && { signal }) });
  return (await response.json()) as Answer;
}

/** A change, or with `dry_run` in its body what it would do. @throws ApiProblem */
export async function tell<Answer>(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await send(path, {
    ...{ method, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', ...headers },
  });
  return (await response.json()) as Answer;
}

/** A request under the token of this session, which is asked for where one is needed. @throws ApiProblem */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token.value !== null) headers.set('authorization', `Bearer ${token.value}`);
  const isWrite = (init.method ?? 'GET') !== 'GET';
  const limit = AbortSignal.timeout(isWrite ? WRITE_MS : ANSWER_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
  const response = await fetch(path, { ...init, headers, signal }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(isWrite && limit.aborted ? NOT_IN_TIME : NO_ANSWER);
  });
  if (!response.ok) throw new ApiProblem(await problemIn(response));
  return response;
}

/** The API's process is gone, or the way to it. */
const NO_ANSWER: Problem = {
  ...{ status: 0, code: 'no-answer', detail: 'The scheduler’s API does not answer.', facts: {} },
  next_step: 'Look whether npm start, or ./tinyscheduler run --daemon, still runs.',
};

/** It came to the API, which may still be at it. */
const NOT_IN_TIME: Problem = {
  ...{ status: 0, code: 'no-answer-in-time', facts: {} },
  detail: `There was no answer within ${WRITE_MS / 1_000} s. It may have been done:`,
  next_step: 'look before you do it again.',
};

export async function problemIn(response: Response): Promise<Problem> {
  const told = (await response.json().catch(() => ({}))) as Partial<Problem>;
  const { status } = response;
  const { code = `http-${status}`, detail = `The answer was ${status}.`, next_step = '', facts = {} } = told;
  if (status === 401) wantToken(detail);
  return { status, code, detail, next_step, facts };
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ApiProblem) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { status: 0, code: 'defect', detail, next_step: '', facts: {} };
}
