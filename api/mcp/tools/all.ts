import { addTask } from './add-task.ts';
import { control } from './control.ts';
import { restartDaemon, startDaemon, stopDaemon } from './daemon.ts';
import { explain } from './explain.ts';
import { getTask } from './get-task.ts';
import { listTasks } from './list-tasks.ts';
import { removeTask } from './remove-task.ts';
import { daemonStatus, getStatus } from './status.ts';
import type { Tool } from './tool.ts';

/** Every tool: nine that other schedulers have by these names, and two of ours. */
export const TOOLS: readonly Tool[] = [
  ...[addTask, listTasks, getStatus, getTask, removeTask],
  ...[daemonStatus, startDaemon, stopDaemon, restartDaemon],
  ...[explain, control],
];
