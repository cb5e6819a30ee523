import type { Finding, Level, Validation } from '../../../contract/findings.ts';
import { sayFinding, sayMade } from '../../../words/finding.ts';
import { counted } from '../../../words/number.ts';
import { verdictOf } from '../../json/validation.ts';

/** A mark for the eye, a word for grep. */
const MARKS: Record<Level | 'fixed', string> = {
  fixed: '+ fixed  ',
  error: '✗ error  ',
  warning: '! warning',
  ok: '✓ ok     ',
};

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
