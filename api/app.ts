import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { jsonText } from '../client/json/json-text.ts';
import { type ApiFailure, RefusedError } from '../contract/api.ts';
import type { ApiEvent } from '../contract/api-events.ts';
import { SchedulerError } from '../contract/errors.ts';
import { PROBLEMS, problemOf } from './answer/problem.ts';
import { callerName, callerOf, refuseTokenInAddress, withoutTokens } from './guard/caller.ts';
import { checkHost, checkOrigin } from './guard/host.ts';
import { Rate } from './guard/rate.ts';
import type { ApiSettings } from './guard/settings.ts';
import { documentRoutes } from './routes/document.ts';
import { type App, type Env, type Route, register } from './routes/route.ts';
import type { Tokens } from './tokens/token-store.ts';

export interface Guarded {
  settings: ApiSettings;
  tokens: Tokens;
  tell: (event: ApiEvent) => void;
}

const MOST_HEADERS = 100;
/** Of wrong tokens from one address. */
const WRONG_PER_MINUTE = 30;

/** The app over these routes: every request goes through the same guard, and is answered or refused in the same form. */
export function makeApp(guarded: Guarded, routes: readonly Route[]): App {
  const app: App = new OpenAPIHono<Env>({ strict: false });
  app.use('*', keepBooks(guarded));
  app.use('*', letIn(guarded));
  const all = [...routes, ...documentRoutes(app)];
  app.use('*', refuseWrongMethod(all));
  for (const each of all) register(app, each);
  app.notFound((context) => refuse(context, unknownPath(context, all)));
  app.onError((error, context) => {
    if (error instanceof RefusedError) return refuse(context, error.refusal);
    if (error instanceof SchedulerError) return refuse(context, error.failure);
    guarded.tell({ what: 'defect', requestId: context.get('requestId'), error });
    return refuse(context, { code: 'internal' });
  });
  return app;
}

type Middleware = (context: Context<Env>, next: () => Promise<void>) => Promise<undefined | Response>;

/** Gives the request its id, and tells the log what became of it. */
function keepBooks({ tell }: Guarded): Middleware {
  return async (context, next) => {
    const beganMs = performance.now();
    const requestId = randomUUID();
    context.set('requestId', requestId);
    context.set('remote', context.env?.incoming?.socket.remoteAddress);
    context.set('caller', { is: 'unknown' });
    context.set('mayStay', async () => true);
    await next();
    const { headers, status } = context.res;
    headers.set('x-request-id', requestId);
    headers.set('x-content-type-options', 'nosniff');
    headers.set('referrer-policy', 'no-referrer');
    if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
    if (!headers.has('content-security-policy'))
      headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
    const { method, path } = context.req;
    tell({
      what: 'answered',
      ...{ method, path: withoutTokens(decoded(path)).slice(0, 200), status, requestId },
      writes: !context.get('asksOnly') && method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS',
      who: callerName(context.get('caller')),
      remote: context.get('remote') ?? null,
      tookMs: Math.round(performance.now() - beganMs),
      code: context.get('code') ?? null,
    });
    return undefined;
  };
}

function letIn({ settings, tokens }: Guarded): Middleware {
  const rate = new Rate(settings.perMinute);
  const wrong = new Rate(WRONG_PER_MINUTE);
  return async (context, next) => {
    const { headers } = context.req.raw;
    if ([...headers].length > MOST_HEADERS)
      throw new RefusedError({ code: 'too-many-headers', most: MOST_HEADERS });
    refuseDots(context.env?.incoming?.url ?? '');
    const url = new URL(context.req.url);
    checkHost(headers, url, settings);
    const origin = checkOrigin(context.req.raw, settings);
    if (origin !== undefined) {
      context.header('access-control-allow-origin', origin);
      context.header('vary', 'origin');
      context.header('access-control-expose-headers', 'allow, etag, retry-after, x-request-id');
      if (context.req.method === 'OPTIONS') return preflight(context);
    }
    refuseTokenInAddress(url, decoded(context.req.path));
    const remote = context.get('remote') ?? 'unknown';
    try {
      context.set('caller', await callerOf(headers, context.get('remote'), { tokens, settings }));
    } catch (error) {
      limit(wrong, `wrong ${remote}`, WRONG_PER_MINUTE);
      throw error;
    }
    const caller = context.get('caller');
    context.set('mayStay', async () => {
      const now = await callerOf(headers, context.get('remote'), { tokens, settings });
      return now.is === caller.is;
    });
    limit(rate, caller.is === 'token' ? `token ${caller.id}` : remote, settings.perMinute);
    await next();
    return undefined;
  };
}

/** What is in percent as it means; twice, since a proxy may have done it again. */
function decoded(path: string): string {
  return [1, 2].reduce((text) => tryDecode(text), path);
}

function tryDecode(text: string): string {
  return text.replace(/(?:%[0-7][0-9a-f])+/gi, decodeURIComponent);
}

/** Whoever asks for an agent that is called `..` does not mean all of them. @throws RefusedError `no-such-path` */
function refuseDots(path: string): void {
  const [plain = ''] = path.split('?');
  if (plain.split(/[/\\]|%2f|%5c/i).some((part) => /^(\.|%2e){1,2}$/i.test(part)))
    throw new RefusedError({ code: 'no-such-path', path: plain.slice(0, 200) });
}

/** @throws RefusedError `too-many-requests` */
function limit(rate: Rate, who: string, perMinute: number): void {
  const waitMs = rate.take(who, performance.now());
  if (waitMs > 0)
    throw new RefusedError({
      code: 'too-many-requests',
      retryAfterSec: Math.ceil(waitMs / 1_000),
      perMinute,
    });
}

function preflight(context: Context<Env>): Response {
  context.header('access-control-allow-methods', 'GET, POST, PATCH, DELETE');
  context.header(
    'access-control-allow-headers',
    'authorization, content-type, idempotency-key, if-match, last-event-id, mcp-protocol-version, mcp-method, mcp-name',
  );
  context.header('access-control-max-age', '600');
  return context.body(null, 204);
}

/**
 * A path that is named in full is not one of a task whose id is its last word; a schedule may have that as its name.
 * @throws RefusedError `wrong-method`
 */
function refuseWrongMethod(routes: readonly Route[]): Middleware {
  const named = routes.map(({ path }) => path).filter((path) => !path.includes('{'));
  const methods = new Map(
    named.map((path) => [path, methodsOf(routes.filter((route) => takes(route, path)))]),
  );
  return async (context, next) => {
    const allowed = methods.get(plainPath(context)) ?? [];
    const { method } = context.req;
    if (allowed.length > 0 && !allowed.includes(method))
      throw new RefusedError({ code: 'wrong-method', method: method.slice(0, 20), allowed });
    await next();
    return undefined;
  };
}

/** Whether a path is one of the route, and what stands for its parameters could be one. */
function takes({ path, params }: Route, plain: string): boolean {
  const found = asPattern(path, '([^/]+)').exec(plain);
  if (found === null) return false;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const values = Object.fromEntries(names.map((name, at) => [name, found[at + 1]]));
  return params === undefined || params.safeParse(values).success;
}

function asPattern(path: string, parameter: string): RegExp {
  return new RegExp(`^${path.replace(/(?<=.)\/$/, '').replace(/\{\w+\}/g, parameter)}$`);
}

function methodsOf(routes: readonly Route[]): string[] {
  const methods = routes.map(({ method }) => method.toUpperCase());
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
}

function plainPath({ req: { path } }: Context<Env>): string {
  return path.length > 1 ? path.replace(/\/$/, '') : path;
}

function unknownPath(context: Context<Env>, routes: readonly Route[]): ApiFailure {
  const { req } = context;
  const plain = plainPath(context);
  const here = routes.filter(({ path }) => asPattern(path, '[^/]+').test(plain));
  if (here.length === 0) return { code: 'no-such-path', path: req.path.slice(0, 200) };
  return { code: 'wrong-method', method: req.method, allowed: methodsOf(here) };
}

function refuse(context: Context<Env>, failure: ApiFailure): Response {
  const [status] = PROBLEMS[failure.code];
  context.set('code', failure.code);
  if (status === 401) context.header('www-authenticate', 'Bearer');
  if (failure.code === 'too-many-requests') context.header('retry-after', String(failure.retryAfterSec));
  if (failure.code === 'wrong-method') context.header('allow', failure.allowed.join(', '));
  // What is left of the body is not read.
  if (status === 413 || status === 415) context.header('connection', 'close');
  context.header('content-type', 'application/problem+json');
  return context.body(jsonText(problemOf(failure, context.get('requestId'))), status);
}
