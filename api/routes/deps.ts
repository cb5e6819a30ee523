import type { KeyStore } from '../../client/keys/key-store.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { Surroundings } from '../../client/schedules/surroundings.ts';
import type { Validation } from '../../contract/findings.ts';
import type { AllSchedules } from '../../contract/schedule.ts';
import type { Hub } from '../events/hub.ts';
import type { SchedulerLink } from '../link/scheduler-link.ts';
import type { SharedLook } from '../link/shared-look.ts';
import type { SharedRead } from '../link/shared-read.ts';
import type { PageFile } from '../page/page-files.ts';

/** What routes work with. */
export interface RouteDeps {
  scheduler: SchedulerLink;
  look: SharedLook;
  /** They may be thousands, so they are read seldom, whatever is changed meanwhile. */
  schedules: SharedRead<AllSchedules>;
  keys: KeyStore;
  hub: Hub;
  /** What definitions of schedules are looked at against, as it is now. */
  around: () => Promise<Surroundings>;
  /** For commands of this machine; absent: they are told nothing by this server. */
  commands?: () => ForCommands;
  /** What validate-config finds on this host. */
  validate: () => Promise<Validation>;
  /** The built page, by names of files; undefined: there is none. */
  page: Promise<ReadonlyMap<string, PageFile> | undefined>;
}

/** As this server is configured now. */
export interface ForCommands {
  /** Of client/facts/mark.ts. */
  mark: string;
  /** A connection as the command would make it, which whoever gets it closes. @throws what connectScheduler does */
  connect(): Promise<SchedulerClient>;
}

/** A look that others have had is as good for who only reads, when it is not older. */
export const READ_AGE_MS = 1_000;
