import { stat } from 'node:fs/promises';
import { type Token, tokenOf } from './token.ts';
import { readTokens, tokenPath } from './token-file.ts';

/** What a server asks about tokens. */
export interface Tokens {
  /** The token that a text is; undefined: it is none that counts now. */
  find(text: string): Promise<Token | undefined>;
}

/**
 * The tokens of a state directory. The file is looked at with each question, so that what is revoked counts no more at once.
 * While it cannot be used no token counts, and `onProblem` is told why, once.
 */
export class TokenStore implements Tokens {
  readonly #stateDir: string;
  readonly #onProblem: (problem: string) => void;
  #stamp = '';
  #tokens: readonly Token[] = [];
  #told = '';

  constructor(stateDir: string, onProblem: (problem: string) => void) {
    this.#stateDir = stateDir;
    this.#onProblem = onProblem;
  }

  async find(text: string): Promise<Token | undefined> {
    return tokenOf(text, await this.#current(), Date.now());
  }

  async #current(): Promise<readonly Token[]> {
    try {
      const stamp = await stampOf(tokenPath(this.#stateDir));
      if (stamp !== this.#stamp) {
        this.#tokens = await readTokens(this.#stateDir);
        this.#stamp = stamp;
        this.#told = '';
      }
      return this.#tokens;
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#told) this.#onProblem(`${message} No token counts until that is put right.`);
      this.#told = message;
      this.#stamp = '';
      return [];
    }
  }
}

/** Changes whenever the file is another one; each write makes a new one. */
async function stampOf(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return found === undefined ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
}
