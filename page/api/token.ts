import { signal } from '@preact/signals';

const KEY = 'tinyscheduler-token';

/** The token of this session of this tab; it is not kept longer, and is in no address. */
export const token = signal<string | null>(sessionStorage.getItem(KEY));

/** Why a token is asked for; null: it is not. */
export const tokenWanted = signal<string | null>(null);

export function useToken(text: string): void {
  sessionStorage.setItem(KEY, text);
  token.value = text;
  tokenWanted.value = null;
}

/** The token under which somebody did not want to give another one; undefined: nobody did. */
let declined: string | null | undefined;

/** An answer said that another token is needed: asked for until somebody closes that, under each token. */
export function wantToken(why: string): void {
  if (declined === undefined || declined !== token.peek()) tokenWanted.value = why;
}

/** Somebody closed it without giving one. */
export function declineToken(): void {
  declined = token.peek();
  tokenWanted.value = null;
}

/** A person wants to give one. @param why such as that this one may not do it */
export function askForToken(why: string): void {
  tokenWanted.value = why;
}
