import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { ConnectionFailure } from './connection-failure.ts';
import { quote, TinyTaskError, type TinyTaskErrorKind } from './errors.ts';

const SETTING = 'TINYSCHEDULER_MCP_ENDPOINT';

/** What went wrong between us and the TinyTask at `url`, as a TinyTaskError that says what to do about it. */
export function explainFailure(error: unknown, tool: string, url: URL): TinyTaskError {
  if (error instanceof TinyTaskError) return error;
  const at = `TinyTask at ${url.origin}${url.pathname}`;
  const explain = (kind: TinyTaskErrorKind, sentence: string) =>
    new TinyTaskError(kind, tool, sentence, { cause: error });
  if (error instanceof ConnectionFailure) {
    switch (error.kind) {
      case 'unreachable':
        return explain(
          'unreachable',
          `${at} does not answer (${error.message}): start it, or set ${SETTING}`,
        );
      case 'timeout':
        return explain(
          'timeout',
          `${at} gave ${error.message} (${tool}): see whether it is overloaded or hangs, or set ${SETTING}`,
        );
      case 'broken-reply':
        return explain(
          'broken-reply',
          `${at} answered ${tool} with what is not MCP: ${error.message}. Is ${SETTING} right?`,
        );
    }
  }
  if (error instanceof StreamableHTTPError) {
    const said = `${at} answered ${tool} with HTTP ${error.code}: ${quote(error.message)}`;
    if (error.code === -1)
      return explain(
        'broken-reply',
        `${at} answered ${tool} with what is not MCP: ${quote(error.message)}. Is ${SETTING} right?`,
      );
    const later = (error.code ?? 0) >= 500 || error.code === 429;
    return later
      ? explain('unreachable', `${said}. See its log, and whether it is up`)
      : explain('refused', `${said}. Is ${SETTING} right?`);
  }
  if (error instanceof McpError) {
    // A server may use the same codes for what it has to say.
    if (error.code === ErrorCode.ConnectionClosed && error.message.endsWith('Connection closed')) {
      return explain('unreachable', `The connection to ${at} was closed while ${tool} was under way`);
    }
    if (error.code === ErrorCode.InternalError) {
      return explain('unreachable', `${at} failed at ${tool}: ${quote(error.message)}. See its log`);
    }
    return explain('refused', `${at} refused ${tool}: ${quote(error.message)}`);
  }
  const message = error instanceof Error ? error.message : String(error);
  return explain(
    'broken-reply',
    `${at} answered ${tool} with what is not MCP: ${quote(message)}. Is ${SETTING} right?`,
  );
}
