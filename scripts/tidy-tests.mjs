import { onNpmGone, startTidying } from './tidy.mjs';

/** For `npx vitest`: what its tests leave is ended and removed when vitest is gone. */
export function setup() {
  startTidying('vitest');
  onNpmGone(() => process.exit(130));
}
