import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { etag } from 'hono/etag';
import { type ApiCode, RefusedError, type Scope, type WrongValue } from '../../contract/api.ts';
import { PROBLEMS } from '../answer/problem.ts';
import { problemShape } from '../answer/problem-shape.ts';
import { readBody } from '../guard/body.ts';
import { type Caller, checkScope } from '../guard/caller.ts';
import { answerText } from './told-once.ts';

/** What is known of each request from its beginning. */
export interface Known {
  requestId: string;
  /** Undefined: not known. */
  remote: string | undefined;
  caller: Caller;
  /** Whether who made the request may still do so: a stream outlasts tokens. */
  mayStay: () => Promise<boolean>;
}

export type Env = {
  /** `url`: as it came, before anybody made it simpler. */
  Bindings: { incoming?: { url?: string; socket: { remoteAddress?: string | undefined } } };
  /** `code`: of what was refused. `asksOnly`: it changes nothing, whatever its method. */
  Variables: Known & { code?: string; asksOnly?: true };
};
export type App = OpenAPIHono<Env>;

type Values = z.ZodType<object> | undefined;
type Of<Shape extends Values> = Shape extends z.ZodType ? z.output<Shape> : Record<never, never>;

/** A checked request. */
export interface Call<Params, Query, Body> extends Known {
  params: Params;
  query: Query;
  body: Body;
  headers: Headers;
  method: string;
}

/** A path of the API: one description for what is checked, for types and for the document. */
export interface RouteOf<
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends Values,
> {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** As OpenAPI has it: `/api/tasks/{id}`. */
  path: string;
  /** `open`: anybody may, without a token. */
  scope: Scope | 'open';
  /** It changes nothing, although it has a body. */
  asksOnly?: true;
  tag: string;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /** Headers that it takes, for the document and checked. */
  headers?: z.ZodObject;
  answer: z.ZodType;
  /** Where it is not 200. */
  status?: 201 | 202;
  /** Where a dry run is answered with another one. */
  dryStatus?: 200;
  /** Where the answer is not JSON. */
  media?: string;
  /** What it can fail with beyond what each can. */
  codes?: readonly ApiCode[];
  /** A list that is large, asked for again and again, and seldom another: whoever has it is told only that it is the same. */
  revalidated?: true;
  /** For our own commands: it is not in the document, since its form is theirs. */
  internal?: true;
  /** An object is answered as JSON. */
  handle(call: Call<Of<P>, Of<Q>, Of<B>>): Promise<object | Response>;
}

export type Route = RouteOf<z.ZodObject | undefined, z.ZodObject | undefined, Values>;

/** Whether it changes something. */
export function writes({ method, asksOnly }: Pick<Route, 'method' | 'asksOnly'>): boolean {
  return method !== 'get' && !asksOnly;
}

/** Infers the types of a route from its shapes. */
export function route<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends Values = undefined,
>(about: RouteOf<P, Q, B>): Route {
  return about as unknown as Route;
}

/** Of each request. */
const BY_ALL: ApiCode[] = [
  ...(['wrong-host', 'wrong-origin', 'token-in-query', 'too-many-requests', 'internal'] as const),
  // Also where none is needed.
  'wrong-token',
];
const BY_GUARDED: ApiCode[] = ['no-token', 'scope-missing'];
const BY_ASKING: ApiCode[] = [
  ...(['temporal-unreachable', 'temporal-stuck', 'temporal-failed', 'another-scheduler'] as const),
  ...([
    'anothers-tinytask',
    'search-attributes-missing',
    'tinytask-unreachable',
    'tinytask-timeout',
  ] as const),
  ...(['tinytask-broken-reply', 'tinytask-refused'] as const),
];
const BY_WRITING: ApiCode[] = ['wrong-content-type', 'body-too-large', 'body-too-deep'];

function codesOf({ scope, method, codes = [] }: Route): ApiCode[] {
  return [
    ...BY_ALL,
    'bad-request',
    // What is refused before anybody has read where it goes.
    ...(['too-many-headers', 'headers-too-large', 'unreadable-request', 'request-timeout'] as const),
    ...(scope === 'open' ? [] : BY_GUARDED),
    ...(scope === 'open' ? [] : BY_ASKING),
    ...(method === 'get' ? [] : BY_WRITING),
    ...codes,
  ];
}

/** Made once: zod compiles each shape as it is first used. */
const NO_QUERY = z.strictObject({});

/** Makes a path of the app. A route without a scope, or one that writes for readers, is a defect that keeps it from starting. */
export function register(app: App, about: Route): void {
  const { method, path, scope, params, query = NO_QUERY, headers, body } = about;
  if (scope === undefined) throw new Error(`${method} ${path} has no scope`);
  if (writes(about) && (scope === 'open' || scope === 'read'))
    throw new Error(`${method} ${path} changes something, and its scope is ${scope}`);
  if (!about.internal) app.openAPIRegistry.registerPath(documented(about));
  const pattern = path.replace(/\{(\w+)\}/g, ':$1');
  if (about.revalidated) app.use(pattern, revalidates);
  app.on(method.toUpperCase(), pattern, async (context) => {
    if (about.asksOnly) context.set('asksOnly', true);
    checkScope(context.get('caller'), scope);
    const url = new URL(context.req.url);
    const wrong: WrongValue[] = [];
    const call = {
      params: checked(params, context.req.param(), 'path', wrong),
      query: checked(query, queryOf(url, wrong), 'query', wrong),
      body: method === 'get' ? {} : checked(body, await readBody(context.req.raw), 'body', wrong),
    };
    if (headers !== undefined)
      checked(headers, headerValues(headers, context.req.raw.headers), 'header', wrong);
    if (wrong.length > 0) throw new RefusedError({ code: 'bad-request', wrong: wrong.slice(0, 20) });
    const answer = await about.handle({ ...call, ...known(context) } as Parameters<Route['handle']>[0]);
    if (answer instanceof Response) return answer;
    if (about.revalidated) context.header('cache-control', 'private, no-cache');
    return context.body(answerText(answer), about.status ?? 200, { 'content-type': 'application/json' });
  });
}

const ofText = etag();

/** Of what is read only: other methods have a meaning of their own for the tag of an answer. */
const revalidates: MiddlewareHandler = (context, next) =>
  context.req.method === 'GET' ? ofText(context, next) : next();

function known(context: Context<Env>) {
  return {
    requestId: context.get('requestId'),
    remote: context.get('remote'),
    caller: context.get('caller'),
    mayStay: context.get('mayStay'),
    headers: context.req.raw.headers,
    method: context.req.method,
  };
}

function checked(shape: Values, value: unknown, where: string, wrong: WrongValue[]): unknown {
  if (shape === undefined) return {};
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues)
    wrong.push({ at: [where, ...path.map(String)].join('.').slice(0, 200), says: message.slice(0, 300) });
  return {};
}

function queryOf(url: URL, wrong: WrongValue[]): Record<string, string> {
  const values: Record<string, string> = Object.create(null);
  for (const [name, value] of url.searchParams) {
    if (name in values) wrong.push({ at: `query.${name.slice(0, 100)}`, says: 'it is there more than once' });
    values[name] = value;
  }
  return { ...values };
}

function headerValues(shape: z.ZodObject, headers: Headers): Record<string, string> {
  return Object.fromEntries(
    Object.keys(shape.shape).flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
}

function documented(about: Route) {
  const { method, path, scope, tag, summary, params, query, headers, body, answer, media, status } = about;
  const type = media ?? 'application/json';
  const isNeeded = body !== undefined && !body.safeParse({}).success;
  const json = body && { content: { 'application/json': { schema: body } }, required: isNeeded };
  return createRoute({
    ...{ method, path, summary, tags: [tag] },
    description: scope === 'open' ? 'Anybody may.' : `Scope: ${scope}.`,
    security: scope === 'open' ? [] : [{ token: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(headers && { headers }),
      ...(json && { body: json }),
    },
    responses: {
      [status ?? 200]: { description: 'Done.', content: { [type]: { schema: answer } } },
      ...(about.dryStatus && {
        [about.dryStatus]: { description: 'Told, and not done.', content: { [type]: { schema: answer } } },
      }),
      ...problemsOf(about),
    },
  });
}

function problemsOf(about: Route) {
  const byStatus = new Map<number, ApiCode[]>();
  for (const code of new Set(codesOf(about))) {
    const [status] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        content: { 'application/problem+json': { schema: problemShape } },
      },
    ]),
  );
}
