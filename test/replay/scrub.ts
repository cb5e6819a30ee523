import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A history as JSON, without the names of the machine and the directories that it was recorded on. */
export function scrubbed(history: object, dir: string): unknown {
  return clean(history, dir);
}

function clean(value: unknown, dir: string, key = ''): unknown {
  if (typeof value === 'string') return key === 'data' ? cleanData(value, dir) : cleanText(value, dir, key);
  if (Array.isArray(value)) return value.map((each) => clean(each, dir));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clean(each, dir, name)]));
}

/** A payload: JSON in base64. */
function cleanData(base64: string, dir: string): string {
  return Buffer.from(cleanText(Buffer.from(base64, 'base64').toString(), dir, '')).toString('base64');
}

function cleanText(text: string, dir: string, key: string): string {
  if (/identity$/i.test(key)) return 'worker@host';
  return text
    .replaceAll(dir, '/base')
    .replaceAll(ROOT, '/app/')
    .replaceAll(` on ${hostname()} was lost`, ' on host was lost')
    .replaceAll(`"host":"${hostname()}"`, '"host":"host"')
    .replaceAll(new RegExp(`\\d+@${hostname()}\\b`, 'g'), '1@host')
    .replaceAll(/(https?:\/\/)?127\.0\.0\.1:\d+/g, 'http://localhost:1')
    .replaceAll(/localhost:\d+/g, 'localhost:1');
}
