import type { ScheduleLine } from '../../../../contract/schedule.ts';
import { type Upcoming, upcoming } from '../../../../domain/schedule/upcoming.ts';
import { sayUpcoming } from '../../../../words/schedule-timing.ts';
import { isoTime } from '../iso-time.ts';
import { paragraph } from '../print.ts';
import { lineJson } from './line-json.ts';
import type { Reader } from './list.ts';
import { away, bothTimes } from './times.ts';
