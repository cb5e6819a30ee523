import type { DefinitionProblem } from '../../contract/schedule-problem.ts';

/** The fields that a problem is about; none: it is about what is missing. */
export function fieldsAbout(problem: DefinitionProblem): readonly string[] {
  switch (problem.code) {
    case 'unknown-field':
      return [problem.key];
    case 'two-timings':
    case 'not-for-commands':
      return problem.fields;
    case 'args-without-command':
      return ['args'];
    case 'offset-without-every':
      return ['offset'];
    case 'another-timing':
      return ['schedule_type', problem.field];
    case 'own-tag':
      return ['tags'];
    case 'recipe-unusable':
      return ['recipe'];
    case 'no-bin-dir':
    case 'leaves-bin-dir':
      return ['command'];
    case 'no-name':
    case 'no-timing':
    case 'nothing-to-do':
      return [];
    default:
      return problem.field === 'description' ? ['description', 'description_file'] : [problem.field];
  }
}
