import { useLayoutEffect } from 'preact/hooks';
import { address, go } from './address/address.ts';
import { linkTo } from './address/link.ts';
import { Frame, type View } from './frame.tsx';
import { giveKey, useKeys } from './parts/keys.ts';
import { AgentsView } from './views/agents/agents.tsx';
import { HistoryView } from './views/history/history.tsx';
import { NowView } from './views/now/now.tsx';
import { SchedulesView } from './views/schedules/schedules.tsx';
import { TaskView } from './views/task/task.tsx';

const VIEWS: readonly View[] = [
  { name: 'now', style: 'now', title: 'Now', key: 'n', Body: NowView },
  { name: 'tasks', style: 'task', title: 'Task', key: 't', Body: TaskView },
  { name: 'schedules', style: 'schedules', title: 'Schedules', key: 's', Body: SchedulesView },
  { name: 'history', style: 'history', title: 'History', key: 'h', Body: HistoryView },
  { name: 'agents', style: 'agents', title: 'Agents', key: 'a', Body: AgentsView },
];

const GO = VIEWS.map(({ name, title, key }) => ({
  keys: `g ${key}`,
  says: `go to ${title}`,
  run: () => go(linkTo([name])),
}));

export function App() {
  useLayoutEffect(() => {
    document.addEventListener('keydown', giveKey);
    return () => document.removeEventListener('keydown', giveKey);
  }, []);
  useKeys(GO);
  const [first = 'now'] = address.value.path;
  const view = VIEWS.find(({ name }) => name === first);
  return (
    <Frame views={VIEWS} current={view}>
      {view === undefined ? (
        <p class="empty">
          There is no view <code>{first}</code>. <a href={linkTo(['now'])}>Now</a> shows how things are.
        </p>
      ) : (
        <view.Body />
      )}
    </Frame>
  );
}
