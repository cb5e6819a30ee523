import type { KeyStore } from '../../client/keys/key-store.ts';
import type { Hub } from '../events/hub.ts';
import type { SchedulerLink } from '../link/scheduler-link.ts';
import type { SharedLook } from '../link/shared-look.ts';

/** What routes work with. */
export interface RouteDeps {
  scheduler: SchedulerLink;
  look: SharedLook;
  keys: KeyStore;
  hub: Hub;
}

/** A look that others have had is as good for who only reads, when it is not older. */
export const READ_AGE_MS = 1_000;
