import { address } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { ScheduleList } from './list.tsx';
import { placeOf } from './place.ts';
import './schedules.css';

/** Recurring work: all schedules, one of them, making and changing one, and what was missed. */
export function SchedulesView() {
  const place = placeOf(address.value.path);
  switch (place.is) {
    case 'list':
      return <ScheduleList />;
    default:
      return (
        <p class="empty">
          There is nothing at this address. <a href={linkTo(['schedules'])}>All schedules</a>
        </p>
      );
  }
}
