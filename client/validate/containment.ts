import { type Finding, ok, warning } from '../../contract/findings.ts';
import { type Containment, containment } from '../../goose/start/containment.ts';

/** How the processes of a run are held together on this host. */
export async function checkContainment(): Promise<Finding> {
  return heldBy(await containment());
}

export function heldBy(held: Containment, platform = process.platform): Finding {
  switch (held.by) {
    case 'cgroup':
      return ok({ code: 'held-by-cgroup' });
    case 'keeper':
      return ok({ code: 'held-by-keeper', perl: held.perl });
    case 'looks':
      if (platform !== 'linux') return ok({ code: 'held-by-looks', mend: false });
      return warning({ code: 'held-by-looks', mend: true });
  }
}
