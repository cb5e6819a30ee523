import { isIP } from 'node:net';
import { z } from 'zod';
import { nameProblem } from '../domain/names.ts';
import type { LogLevel } from './config.ts';
import { MAX_LIMIT } from './control-entry.ts';
import { NOTIFY_EVENTS, type NotifyEvent, type NotifyTarget } from './notify.ts';

/** What one setting accepts: text in, value out. Messages go on from "NAME is "text": ". */
export type ValueSchema<T> = z.ZodType<T, string>;

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

export const boolean: ValueSchema<boolean> = parsed((text) => {
  const word = text.toLowerCase();
  if (YES.has(word)) return { value: true };
  if (NO.has(word)) return { value: false };
  return { problem: 'must be true or false (or yes/no, on/off, 1/0)' };
});

/** A whole number from `min` to `max`; `what` names what is counted. */
export function wholeNumber(min: number, max: number, what: string): ValueSchema<number> {
  const problem = `must be a whole number of ${what} from ${min} to ${max}`;
  return parsed((text) => {
    const value = Number(text);
    return /^\d+$/.test(text) && value >= min && value <= max ? { value } : { problem };
  });
}

/** A time given in seconds, decimals allowed; the value is in milliseconds. */
export function seconds(min: number, max: number, also?: string): ValueSchema<number> {
  const problem = `must be a number of seconds from ${min} to ${max}${also ? ` (${also})` : ''}`;
  return parsed((text) => {
    const value = Number(text);
    return /^\d+(\.\d+)?$/.test(text) && value >= min && value <= max
      ? { value: Math.round(value * 1000) }
      : { problem };
  });
}

/** A path as text; the loader makes it absolute. */
export const path: ValueSchema<string> = parsed((text) =>
  text === '' || text.includes('\0')
    ? { problem: 'must be a path, neither empty nor with NUL characters' }
    : { value: text },
);

export const name: ValueSchema<string> = parsed((text) => {
  const problem = nameProblem(text);
  return problem === undefined ? { value: text } : { problem };
});

const LEVELS: Record<string, LogLevel> = {
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  WARNING: 'WARNING',
  WARN: 'WARNING',
  ERROR: 'ERROR',
  CRITICAL: 'ERROR',
};

export const logLevel: ValueSchema<LogLevel> = parsed((text) => {
  const value = Object.hasOwn(LEVELS, text.toUpperCase()) ? LEVELS[text.toUpperCase()] : undefined;
  return value ? { value } : { problem: 'must be DEBUG, INFO, WARNING or ERROR' };
});

/** TinyTask's address. `/mcp` at its end is taken off, since callers add it themselves. */
export const endpoint: ValueSchema<string> = parsed((text) => {
  const problem = 'must be an http:// or https:// address such as http://localhost:3000';
  if (!URL.canParse(text)) return { problem };
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { problem };
  if (url.search || url.hash) return { problem: `${problem}, without "?" or "#"` };
  if (url.username || url.password) return { problem: `${problem}, without user and password` };
  return {
    value: url.href
      .replace(/\/+$/, '')
      .replace(/\/mcp$/, '')
      .replace(/\/+$/, ''),
  };
});

/** A port to listen at. */
export const port: ValueSchema<number> = parsed((text) => {
  const value = Number(text);
  return /^\d{1,5}$/.test(text) && value <= 65_535
    ? { value }
    : { problem: 'must be a port from 0 to 65535' };
});

/** An address of this host to listen at. */
export const ownAddress: ValueSchema<string> = parsed((text) =>
  isIP(text) > 0 || text === 'localhost'
    ? { value: text }
    : { problem: 'must be an IP address of this host, such as 127.0.0.1, ::1 or 0.0.0.0' },
);

const HOST_NAME = /^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/;

/** Names of hosts with commas between; an empty text is none. In lower case. */
export const hostNames: ValueSchema<readonly string[]> = listOf((text) => {
  const name = text.toLowerCase();
  return HOST_NAME.test(name) ? name : undefined;
}, 'must be names of hosts with commas between, without ports');

/** An http(s) URL, or the name of a command. What was given is not quoted: it may be a secret. */
export const notifyTarget: ValueSchema<NotifyTarget> = parsed<NotifyTarget>((text) => {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) {
    const isWeb = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
    if (isWeb) return { value: { to: 'url', url: text } };
    return { problem: 'must be an http:// or https:// address, or the name of a command of BIN_DIR' };
  }
  return text.length <= 255 && /^[\w][\w.+-]*(\/[\w][\w.+-]*)*$/.test(text)
    ? { value: { to: 'command', name: text } }
    : {
        problem:
          'must be an http:// or https:// address, or the name of a command of BIN_DIR, without arguments and without ".."',
      };
});

/** As a header has it. */
export const bearerToken: ValueSchema<string> = parsed((text) =>
  /^[\x21-\x7e]{1,4096}$/.test(text)
    ? { value: text }
    : { problem: 'must be one word of at most 4096 letters, digits and signs' },
);

/** A time given in minutes, decimals allowed; the value is in milliseconds. */
export function minutes(min: number, max: number): ValueSchema<number> {
  const problem = `must be a number of minutes from ${min} to ${max}`;
  return parsed((text) => {
    const value = Number(text);
    return /^\d+(\.\d+)?$/.test(text) && value >= min && value <= max
      ? { value: Math.round(value * 60_000) }
      : { problem };
  });
}

/** Words with commas between. */
export const notifyEvents: ValueSchema<readonly NotifyEvent[]> = listOf(
  (text) => NOTIFY_EVENTS.find((event) => event === text.toLowerCase()),
  `must be words of ${NOTIFY_EVENTS.join(', ')} with commas between`,
);

/** Origins with commas between; an empty text is none. */
export const origins: ValueSchema<readonly string[]> = listOf((text) => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { origin, href } = new URL(text);
  return href === `${origin}/` ? origin : undefined;
}, 'must be origins such as https://a.example with commas between, without paths');

function listOf<T extends string>(
  parseOne: (text: string) => T | undefined,
  problem: string,
): ValueSchema<readonly T[]> {
  return parsed((text) => {
    const words = text.split(',').map((word) => word.trim());
    const values = words.filter((word) => word !== '').map(parseOne);
    const known = values.filter((each) => each !== undefined);
    return known.length === values.length ? { value: known } : { problem };
  });
}

/** `{"a": 1, "b": 2}` or `a:1,b:2` (`a=1,b=2` too); limits are whole numbers from 0 to 1000. */
export const limits: ValueSchema<Record<string, number>> = parsed((text) => {
  const pairs = text.trimStart().startsWith('{') ? jsonPairs(text) : simplePairs(text);
  if (typeof pairs === 'string') return { problem: pairs };
  const value = new Map<string, number>();
  for (const [agent, limit] of pairs) {
    const wrongName = nameProblem(agent);
    if (wrongName) return { problem: `has an agent name that cannot be used: ${wrongName}` };
    if (value.has(agent)) return { problem: `names ${JSON.stringify(agent)} twice; give it one limit` };
    if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) {
      return {
        problem: `has the limit ${JSON.stringify(limit)} for ${JSON.stringify(agent)}; a limit is a whole number from 0 to ${MAX_LIMIT}`,
      };
    }
    value.set(agent, limit);
  }
  return { value: Object.fromEntries(value) };
});

function jsonPairs(text: string): [string, unknown][] | string {
  try {
    return Object.entries(JSON.parse(text) as Record<string, unknown>);
  } catch (error) {
    return `must be a JSON object such as {"dispatcher": 1}, or dispatcher:1,architect:2 (${(error as Error).message})`;
  }
}

function simplePairs(text: string): [string, unknown][] | string {
  const pairs: [string, unknown][] = [];
  for (const part of text.split(',')) {
    const match = /^\s*([^:=]+?)\s*[:=]\s*(.*?)\s*$/.exec(part);
    if (!match) {
      return `must be a JSON object such as {"dispatcher": 1}, or dispatcher:1,architect:2; ${JSON.stringify(part)} is neither`;
    }
    const [, agent = '', limit = ''] = match;
    pairs.push([agent, /^\d+$/.test(limit) ? Number(limit) : limit]);
  }
  return pairs;
}

function parsed<T>(parse: (text: string) => { value: T } | { problem: string }): ValueSchema<T> {
  return z.string().transform((text, context) => {
    const result = parse(text.trim());
    if ('value' in result) return result.value;
    context.addIssue({ code: 'custom', message: result.problem });
    return z.NEVER;
  });
}
