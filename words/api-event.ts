import type { ApiEvent } from '../contract/api-events.ts';

export interface ApiLine {
  level: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  text: string;
  fields: Record<string, string | number | boolean | null>;
}

/** What a server of the API says in its log. Reading is said to those who look closely; who changed what, always. */
export function sayApiEvent(event: ApiEvent): ApiLine {
  switch (event.what) {
    case 'answered': {
      const { method, path, status, who, remote, requestId, tookMs, code, writes } = event;
      const from = remote === null ? '' : ` from ${remote}`;
      const why = code === null ? '' : ` (${code})`;
      return {
        level: levelOf(status, writes),
        text: `${method} ${path} by ${who}${from}: ${status}${why}, ${tookMs} ms, request ${requestId}`,
        fields: { method, path, status, who, remote, requestId, tookMs, code },
      };
    }
    case 'tool': {
      const { tool, who, code, requestId, tookMs, writes } = event;
      const how = code === null ? 'done' : code;
      const request = requestId === null ? '' : `, request ${requestId}`;
      const level = code === 'scope-missing' || code === 'internal' ? 'WARNING' : writes ? 'INFO' : 'DEBUG';
      const fields = { tool, who, code, requestId, tookMs };
      return { level, text: `Tool ${tool} by ${who}: ${how}, ${tookMs} ms${request}`, fields };
    }
    case 'defect': {
      const { requestId, error } = event;
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return {
        level: 'ERROR',
        text: `${requestId === null ? 'A call' : `Request ${requestId}`} met a defect: ${said}`,
        fields: { requestId },
      };
    }
    case 'listening': {
      const who = event.tokenRequired
        ? 'with a token'
        : 'with a token; processes of this machine read and operate without one';
      return { level: 'INFO', text: `The API is at ${event.url}, ${who}`, fields: { url: event.url } };
    }
    case 'problem':
      return { level: 'WARNING', text: event.problem, fields: {} };
  }
}

function levelOf(status: number, writes: boolean): ApiLine['level'] {
  if (status === 401 || status === 403 || status === 421) return 'WARNING';
  if (status === 429) return 'DEBUG';
  if (status >= 500) return 'WARNING';
  return writes ? 'INFO' : 'DEBUG';
}
