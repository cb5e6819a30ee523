import type { IncomingMessage } from 'node:http';
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/sdk/types.js';

/** A call of a tool, alone in its message, of which nothing can be wrong but its arguments. */
export interface PlainCall {
  id: string | number;
  name: string;
  args: Record<string, unknown> | undefined;
}

/** In bytes. Larger messages are the SDK's, which knows how large one may be. */
const LONGEST = 1_048_576;
/** Other names of this machine are written in ways in which the SDK sees no host name. */
const HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const SESSION_OF_TASK = 'io.modelcontextprotocol/related-task';

/**
 * Whether the headers of a POST are those that nearly all clients send, of which the SDK refuses none. So a message that comes with
 * others is left to the SDK, and is refused in its words where it refuses it.
 */
export function hasPlainHeaders({ headers, headersDistinct, url }: IncomingMessage): boolean {
  const { accept = '', host = '', 'content-length': length = '' } = headers;
  const version = headers['mcp-protocol-version'];
  // `headers` has the first of several.
  const types = headersDistinct['content-type'] ?? [];
  return (
    url === '/mcp' &&
    HOST.test(host) &&
    accept.includes('application/json') &&
    accept.includes('text/event-stream') &&
    types.length === 1 &&
    types[0] === 'application/json' &&
    /^\d{1,7}$/.test(length) &&
    Number(length) <= LONGEST &&
    (version === undefined || SUPPORTED_PROTOCOL_VERSIONS.includes(String(version)))
  );
}

/** The call that a message is; undefined where it is anything else, well-formed or not. */
export function plainCallIn(body: Buffer): PlainCall | undefined {
  const message = parsed(body);
  if (!isObject(message) || !hasOnly(message, ['jsonrpc', 'id', 'method', 'params'])) return undefined;
  const { jsonrpc, id, method, params } = message;
  if (jsonrpc !== '2.0' || !isToken(id) || method !== 'tools/call') return undefined;
  if (!isObject(params) || !hasOnly(params, ['name', 'arguments', '_meta'])) return undefined;
  const { name, arguments: args, _meta: meta } = params;
  if (typeof name !== 'string' || !(args === undefined || isObject(args))) return undefined;
  return meta === undefined || isPlainMeta(meta) ? { id, name, args } : undefined;
}

/** It says nothing that a call is done or answered otherwise for: our tools are done before they could tell of progress. */
function isPlainMeta(meta: unknown): boolean {
  if (!isObject(meta) || Object.hasOwn(meta, SESSION_OF_TASK)) return false;
  return meta.progressToken === undefined || isToken(meta.progressToken);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder();

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasOnly(object: Record<string, unknown>, keys: readonly string[]): boolean {
  return Object.keys(object).every((key) => keys.includes(key));
}

function isToken(value: unknown): value is string | number {
  return typeof value === 'string' || Number.isSafeInteger(value);
}
