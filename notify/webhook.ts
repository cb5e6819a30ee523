import type { NotDelivered } from '../domain/notify/patience.ts';
import type { Message } from './message.ts';

const ANSWER_WITHIN_MS = 10_000;

/**
 * Posts a message. Only a status of 2xx is delivered, and no redirect is followed: what is told is for that address alone. Nothing of
 * the answer is read, and nothing of the address is told.
 *
 * @param url may have a user and a password in it, which are sent as such unless there is a token
 */
export async function postMessage(
  { url, token }: { url: string; token?: string | undefined },
  message: Message,
  withinMs = ANSWER_WITHIN_MS,
): Promise<'delivered' | NotDelivered> {
  const address = new URL(url);
  const authorization = token === undefined ? basicOf(address) : `Bearer ${token}`;
  // It is refused in an address.
  address.username = '';
  address.password = '';
  try {
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(withinMs),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'tinyscheduler',
        'idempotency-key': message.id,
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify(message),
    });
    await response.body?.cancel().catch(() => undefined);
    return response.ok ? 'delivered' : { why: 'status', status: response.status };
  } catch (error) {
    return problemIn(error, withinMs);
  }
}

function basicOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${plain(username)}:${plain(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function problemIn(error: unknown, withinMs: number): NotDelivered {
  if ((error as Error).name === 'TimeoutError') return { why: 'no-answer', afterMs: withinMs };
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  const isCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code);
  return { why: 'no-connection', code: isCode ? code : 'unknown' };
}
