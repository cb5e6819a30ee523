import type { Finding, Level, Made, Validation } from '../../../contract/findings.ts';
import { sayFinding, sayMade } from '../../../words/finding.ts';
import { counted } from '../../../words/number.ts';
import { snakeKeys } from './snake-keys.ts';

/** A mark for the eye, a word for grep. */
const MARKS: Record<Level | 'fixed', string> = {
  fixed: '+ fixed  ',
  error: '✗ error  ',
  warning: '! warning',
  ok: '✓ ok     ',
};

/** How many there are of what keeps a configuration from being used, or could. */
export function verdictOf(findings: readonly Finding[]): { errors: number; warnings: number } {
  const count = (wanted: Level) => findings.filter(({ level }) => level === wanted).length;
  return { errors: count('error'), warnings: count('warning') };
}

/** One line for each thing that was made, then for each that was looked at, and what it comes to. */
export function validationLines({ findings, made }: Validation): string[] {
  return [
    ...made.map((each) => `${MARKS.fixed}  ${sayMade(each)}`),
    ...findings.map((each) => `${MARKS[each.level]}  ${sayFinding(each)}`),
    summary(findings),
  ];
}

function summary(findings: readonly Finding[]): string {
  const { errors, warnings } = verdictOf(findings);
  if (errors > 0) return `${counted(errors, 'error')}.`;
  if (warnings > 0) return `The configuration can be used, with ${counted(warnings, 'warning')}.`;
  return 'The configuration can be used.';
}

/** The same as one JSON object: `code` and the facts that go with it, and the sentence. */
export function validationJson({ findings, made }: Validation): Record<string, unknown> {
  const { errors, warnings } = verdictOf(findings);
  return {
    ok: errors === 0,
    errors,
    warnings,
    findings: findings.map((each: Finding) => ({ ...snakeKeys(each), says: sayFinding(each) })),
    fixed: made.map((each: Made) => ({ ...snakeKeys(each), says: sayMade(each) })),
  };
}
