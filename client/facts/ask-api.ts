import { request } from 'node:http';
import type { Failure } from '../../contract/errors.ts';
import { factsOf, textOfFacts } from './json.ts';
import { MARK_HEADER } from './mark.ts';
import { aboutMethod, type FactsMethod } from './methods.ts';

/** A process that serves the API. */
export interface FactsApi {
  /** Such as `http://127.0.0.1:9595`. */
  url: string;
  /** Of the configuration and program that have to be its own too: see mark.ts. */
  mark: string;
  token?: string;
}

export type Told =
  | { is: 'answered'; facts: unknown }
  /** `begun`: it failed while it was done, not before. */
  | { is: 'failed'; failure: Failure; begun: boolean }
  /** Nothing was done. */
  | { is: 'not-done' }
  /** It was sent, and what became of it is not known. */
  | { is: 'unknown' };

/** A server that lives tells so at once. */
const ALIVE_MS = 1_000;
/** How often it is asked while somebody waits for its answer. */
const LOOK_MS = 2_000;
/** What an address takes; more is asked otherwise. */
const LONGEST_ADDRESS = 8_000;
const MOST_BYTES = 100_000_000;

/**
 * Has a method carried out by the API. It answers as late as the method does, so it is waited for as long as the process
 * lives: one that hangs is found within seconds.
 */
export async function askApi(api: FactsApi, method: FactsMethod, args: readonly unknown[]): Promise<Told> {
  const path = `/api/facts/${method}`;
  const text = textOfFacts(args);
  if (aboutMethod(method).kind === 'reads') {
    const address = `${path}?${new URLSearchParams({ args: text })}`;
    if (address.length > LONGEST_ADDRESS) return { is: 'not-done' };
    return awaited(api, { method: 'GET', path: address });
  }
  // To one that hangs nothing is sent that it would do when it goes on.
  if (!(await isAlive(api))) return { is: 'not-done' };
  return awaited(api, { method: 'POST', path, body: `{"args":${text}}` });
}

interface Asked {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
}

async function awaited(api: FactsApi, asked: Asked): Promise<Told> {
  const giveUp = new AbortController();
  const answer = send(api, asked, giveUp.signal);
  const look = setInterval(async () => {
    if (!(await isAlive(api))) giveUp.abort();
  }, LOOK_MS);
  try {
    const { status, body } = await answer;
    return toldBy(status, body);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { is: code === 'ECONNREFUSED' || code === 'ENOENT' ? 'not-done' : 'unknown' };
  } finally {
    clearInterval(look);
  }
}

/** What the guard refuses was not begun; after a defect nobody knows. */
function toldBy(status: number, body: string): Told {
  if (status === 200) return { is: 'answered', facts: factsOf(body) };
  const { failure, begun } = failureIn(body);
  if (failure !== undefined) return { is: 'failed', failure, begun: begun !== false };
  return { is: status >= 500 ? 'unknown' : 'not-done' };
}

function failureIn(body: string): { failure?: Failure; begun?: boolean } {
  try {
    return factsOf(body) as { failure?: Failure; begun?: boolean };
  } catch {
    return {};
  }
}

/** Whatever it answers, such as that too much is asked, it lives. */
function isAlive(api: FactsApi): Promise<boolean> {
  return send(api, { method: 'GET', path: '/livez' }, AbortSignal.timeout(ALIVE_MS)).then(
    () => true,
    () => false,
  );
}

function send(
  { url, mark, token }: FactsApi,
  { method, path, body }: Asked,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  const headers = {
    [MARK_HEADER]: mark,
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
  };
  return new Promise((resolve, reject) => {
    // Each on a connection of its own: one that was kept may be closed by the other side just now.
    const asking = request(`${url}${path}`, { method, headers, signal, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      let bytes = 0;
      answer.on('data', (piece: Buffer) => {
        pieces.push(piece);
        bytes += piece.length;
        if (bytes > MOST_BYTES) answer.destroy(new Error('the answer has no end'));
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (!answer.complete) reject(new Error('the answer broke off'));
        else resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(pieces).toString() });
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
