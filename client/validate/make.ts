import type { Made } from '../../contract/findings.ts';

/** Called with what `--fix` has made. Where it is undefined, nothing is to be made. */
export type Make = (made: Made) => void;
