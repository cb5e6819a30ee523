import { createHash } from 'node:crypto';
import { cut, type TextLimit } from '../domain/cut.ts';

/**
 * Names of agents and queues, and tags, as search attributes can hold them: 2,048 bytes on SQLite, 255 characters on
 * PostgreSQL, which takes no NUL either. What we know by such a name has 64 characters at most (domain/names.ts).
 */
const NAME: TextLimit = { chars: 200, bytes: 800 };
const HASH_CHARS = 12;
/** With an ellipsis and a space the whole is again a name that can be held. */
const BEFORE_HASH: TextLimit = { chars: NAME.chars - HASH_CHARS - 2, bytes: NAME.bytes - HASH_CHARS - 1 };

/** The name itself; where it cannot be held, its beginning and what keeps it apart from others that begin so. */
export function shortName(name: string): string {
  const held = cut(name.replaceAll('\0', '\ufffd'), NAME);
  if (held === name) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_CHARS);
  return `${cut(held, BEFORE_HASH)} ${hash}`;
}
