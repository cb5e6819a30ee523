/** What TinyTask 1 has not got. Its tasks are as those of TinyTask 2 that use none of it. */
export type Lack = 'queues' | 'blockers' | 'subtasks';
