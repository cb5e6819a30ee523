import { address } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { EditSchedule, NewSchedule } from './edit.tsx';
import { ScheduleList } from './list.tsx';
import { MissedView } from './missed.tsx';
import { OneSchedule } from './one.tsx';
import { placeOf } from './place.ts';
import './schedules.css';

/** Recurring work: all schedules, one of them, making and changing one, and what was missed. */
export function SchedulesView() {
  const place = placeOf(address.value.path);
  switch (place.is) {
    case 'list':
      return <ScheduleList />;
    case 'one':
      return <OneSchedule key={place.name} name={place.name} />;
    case 'new':
      return <NewSchedule />;
    case 'edit':
      return <EditSchedule key={place.name} name={place.name} />;
    case 'missed':
      return <MissedView />;
    default:
      return (
        <p class="empty">
          There is nothing at this address. <a href={linkTo(['schedules'])}>All schedules</a>
        </p>
      );
  }
}
