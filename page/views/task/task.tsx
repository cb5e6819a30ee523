import { address } from '../../address/address.ts';
import { linkTo } from '../../address/link.ts';
import { NewTask } from './add/new-task.tsx';
import { TaskList } from './list/task-list.tsx';
import { OneTask } from './one-task.tsx';
import './task.css';

/** `#/tasks` lists, `#/tasks/42` is one, `#/tasks/new` adds one. */
export function TaskView() {
  const [, which] = address.value.path;
  if (which === undefined) return <TaskList />;
  if (which === 'new') return <NewTask />;
  if (/^[1-9]\d{0,14}$/.test(which)) return <OneTask key={which} taskId={Number(which)} />;
  return (
    <p class="empty">
      <code>{which.slice(0, 100)}</code> is no number of a task.{' '}
      <a href={linkTo(['tasks'])}>All open tasks</a>
    </p>
  );
}
