import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Scope } from '../../contract/api.ts';

/** A token as it is kept: of its secret there is the hash only. Times are milliseconds since the epoch. */
export interface Token {
  /** By which people name it; part of the token, and no secret. */
  id: string;
  name: string;
  scope: Scope;
  /** SHA-256 of the secret, in hexadecimal. A secret of 256 random bits needs no slower hash. */
  hash: string;
  createdMs: number;
  /** Null: it does not end. */
  expiresMs: number | null;
}

const PREFIX = 'tsk';
const TEXT = /^tsk_([0-9a-f]{8})_([A-Za-z0-9_-]{43})$/;

/** A new token, and its text, which is nowhere else. */
export function newToken(about: Omit<Token, 'id' | 'hash'>): { token: Token; text: string } {
  const id = randomBytes(4).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  return { token: { id, ...about, hash: hashOf(secret) }, text: `${PREFIX}_${id}_${secret}` };
}

const NOBODYS = hashOf('');

/**
 * The token that a text is. What is compared takes the same time whatever the text is: the hash of what was sent with that of
 * the token that it names, or with one that nothing has.
 */
export function tokenOf(text: string, tokens: readonly Token[], nowMs: number): Token | undefined {
  const [, id = '', secret = text] = TEXT.exec(text) ?? [];
  const named = tokens.find((token) => token.id === id);
  const isSame = timingSafeEqual(
    Buffer.from(hashOf(secret), 'hex'),
    Buffer.from(named?.hash ?? NOBODYS, 'hex'),
  );
  return isSame && named !== undefined && isInForce(named, nowMs) ? named : undefined;
}

export function isInForce({ expiresMs }: Token, nowMs: number): boolean {
  return expiresMs === null || nowMs < expiresMs;
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
