import { FIELDS } from '../../../../contract/schedule-problem.ts';
import type { DefinitionFields } from '../../../schedules/fields.ts';
import { quotation } from '../print.ts';

/** What differs between two definitions, one line for each field: before and after. */
export function changedLines(before: DefinitionFields, after: DefinitionFields): string[] {
  return FIELDS.flatMap((field) => {
    const [was, is] = [text(before[field]), text(after[field])];
    return was === is ? [] : [`  ${field.replaceAll('_', ' ')}: ${quotation(was)} → ${quotation(is)}`];
  });
}

function text(value: string | readonly string[] | undefined): string {
  if (value === undefined) return '(none)';
  return typeof value === 'string' ? value : value.join(', ');
}
