import { type Finding, ok, warning } from '../../config/finding.ts';
import { type Containment, containment } from '../../goose/start/containment.ts';

/** How the processes of a run are held together on this host. */
export async function checkContainment(): Promise<Finding> {
  return sayContainment(await containment());
}

export function sayContainment(held: Containment, platform = process.platform): Finding {
  switch (held.by) {
    case 'cgroup':
      return ok('Processes of a run are held in a cgroup of its own: none outlives it.');
    case 'keeper':
      return ok(`Processes of a run are held by a keeper (${held.perl}): none outlives it unnoticed.`);
    case 'looks': {
      const text =
        'Processes of a run are only looked for: one that leaves goose within milliseconds may outlive it';
      if (platform !== 'linux') return ok(`${text}.`);
      return warning(`${text}. Let the service have its cgroup (Delegate=yes in its unit), or install perl.`);
    }
  }
}
