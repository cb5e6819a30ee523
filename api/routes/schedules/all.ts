import type { RouteDeps } from '../deps.ts';
import type { Route } from '../route.ts';
import { byHandRoutes } from './by-hand.ts';
import { changeRoutes } from './change.ts';
import { createRoutes } from './create.ts';
import { documentOfSchedulesRoutes } from './document.ts';
import { missedRoutes } from './missed.ts';
import { occurrenceRoutes } from './occurrences.ts';
import { readingRoutes } from './reading.ts';
import { recentRoutes } from './recent.ts';
import { switchRoutes } from './switches.ts';

/** Recurring work. */
export function scheduleRoutes(deps: RouteDeps): Route[] {
  return [
    readingRoutes,
    createRoutes,
    changeRoutes,
    switchRoutes,
    byHandRoutes,
    // Before those of one occurrence, of whose ids none is called so.
    recentRoutes,
    occurrenceRoutes,
    missedRoutes,
    documentOfSchedulesRoutes,
  ].flatMap((routes) => routes(deps));
}
