import type { Finding, Level, Made, Validation } from '../../contract/findings.ts';
import { sayFinding, sayMade } from '../../words/finding.ts';
import { snakeKeys } from './snake-keys.ts';

/** What was looked at, as one JSON object: `code` and the facts that go with it, and the sentence. */
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

/** How many there are of what keeps a configuration from being used, or could. */
export function verdictOf(findings: readonly Finding[]): { errors: number; warnings: number } {
  const count = (wanted: Level) => findings.filter(({ level }) => level === wanted).length;
  return { errors: count('error'), warnings: count('warning') };
}
