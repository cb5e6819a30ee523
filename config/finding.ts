/** One thing that was looked at, as a sentence for a person. */
export interface Finding {
  level: 'error' | 'warning' | 'ok';
  text: string;
}

/** Called with what `--fix` has created; undefined where nothing is to be created. */
export type Create = ((what: string) => void) | undefined;

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string): Finding => ({ level: 'warning', text });
export const error = (text: string): Finding => ({ level: 'error', text });
