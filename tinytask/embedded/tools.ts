/**
 * The tools that TinyTask 2 offers, word for word as it lists them: agents and their recipes are written for
 * these names and descriptions, so a changed word here changes what an agent does.
 */
export interface Tool {
  name: string;
  description: string;
  inputSchema: { type: 'object'; properties: Record<string, Property>; required?: string[] };
}

export interface Property {
  type: 'string' | 'number' | 'boolean' | 'array' | ['number', 'null'];
  description: string;
  enum?: string[];
  items?: { type: 'string' };
}

function tool(
  name: string,
  description: string,
  properties: Record<string, Property>,
  required?: string[],
): Tool {
  return { name, description, inputSchema: { type: 'object', properties, ...(required && { required }) } };
}

const text = (description: string): Property => ({ type: 'string', description });
const texts = (description: string): Property => ({ type: 'array', description, items: { type: 'string' } });
const number = (description: string): Property => ({ type: 'number', description });
const numberOrNull = (description: string): Property => ({ type: ['number', 'null'], description });
const flag = (description: string): Property => ({ type: 'boolean', description });
const status = (description: string): Property => ({
  type: 'string',
  description,
  enum: ['idle', 'working', 'complete'],
});

export const tools: readonly Tool[] = [
  tool(
    'create_task',
    'Create a new task in the system',
    {
      title: text('Task title'),
      description: text('Task description'),
      assigned_to: text('Agent name to assign to'),
      created_by: text('Agent name creating the task (required)'),
      priority: number('Priority level (default: 0)'),
      tags: texts('Array of tags'),
      parent_task_id: number('Parent task ID (creates subtask)'),
      queue_name: text('Queue name (dev, product, qa, etc.)'),
      blocked_by_task_id: number(
        'ID of task that blocks this task. Task will be blocked until the blocking task is completed.',
      ),
    },
    ['title', 'created_by'],
  ),
  tool(
    'update_task',
    'Update an existing task',
    {
      id: number('Task ID'),
      title: text('New title'),
      description: text('New description'),
      status: status('New status'),
      assigned_to: text('New assignee'),
      priority: number('New priority'),
      tags: texts('New tags (replaces existing)'),
      parent_task_id: number('New parent task ID (null to make top-level)'),
      queue_name: text('New queue name'),
      blocked_by_task_id: numberOrNull(
        'ID of task that blocks this task. Set to null to unblock. Task cannot block itself.',
      ),
    },
    ['id'],
  ),
  tool('get_task', 'Get a task by ID with all comments and links', { id: number('Task ID') }, ['id']),
  tool('delete_task', 'Delete a task by ID', { id: number('Task ID') }, ['id']),
  tool('archive_task', 'Archive a task by ID', { id: number('Task ID') }, ['id']),
  tool('list_tasks', 'List tasks with optional filters', {
    assigned_to: text('Filter by assignee'),
    exclude_status: texts('Exclude tasks with these statuses'),
    include_archived: flag('Include archived tasks'),
    limit: number('Max results (default: 100)'),
    offset: number('Pagination offset'),
    queue_name: text('Filter by queue name'),
    parent_task_id: number('Filter by parent task ID'),
    exclude_subtasks: flag('Exclude subtasks from results (default: false)'),
  }),
  tool(
    'get_my_queue',
    'Get all open tasks assigned to a specific agent',
    { agent_name: text('Agent name') },
    ['agent_name'],
  ),
  tool(
    'signup_for_task',
    'Claim the highest priority idle task from your queue and mark it as working',
    { agent_name: text('Agent name signing up for task') },
    ['agent_name'],
  ),
  tool(
    'move_task',
    'Transfer a task to another agent with status reset to idle and add handoff comment',
    {
      task_id: number('Task ID to transfer'),
      current_agent: text('Current agent (for verification)'),
      new_agent: text('Agent to transfer to'),
      comment: text('Handoff message/context'),
    },
    ['task_id', 'current_agent', 'new_agent', 'comment'],
  ),
  tool(
    'create_subtask',
    'Create a new subtask under a parent task',
    {
      parent_task_id: number('Parent task ID'),
      title: text('Subtask title'),
      description: text('Subtask description'),
      assigned_to: text('Agent to assign to'),
      created_by: text('Agent name creating the subtask (required)'),
      priority: number('Priority (default: 0)'),
      tags: texts('Tags'),
      queue_name: text('Override queue from parent'),
    },
    ['parent_task_id', 'title', 'created_by'],
  ),
  tool(
    'get_subtasks',
    'Get all subtasks for a parent task',
    {
      parent_task_id: number('Parent task ID'),
      recursive: flag('Include nested subtasks (default: false)'),
      include_archived: flag('Include archived subtasks'),
    },
    ['parent_task_id'],
  ),
  tool(
    'get_task_with_subtasks',
    'Get a task with all its subtasks in a tree structure',
    { task_id: number('Task ID'), recursive: flag('Include nested subtasks (default: false)') },
    ['task_id'],
  ),
  tool(
    'move_subtask',
    'Move a subtask to a different parent or make it a top-level task',
    {
      subtask_id: number('Subtask ID to move'),
      new_parent_id: number('New parent task ID (null or omit to make top-level)'),
    },
    ['subtask_id'],
  ),
  tool('list_queues', 'List all queue names currently in use', {}),
  tool('get_queue_stats', 'Get statistics for a specific queue', { queue_name: text('Queue name') }, [
    'queue_name',
  ]),
  tool(
    'add_task_to_queue',
    'Add an existing task to a queue',
    { task_id: number('Task ID'), queue_name: text('Queue name to add task to') },
    ['task_id', 'queue_name'],
  ),
  tool('remove_task_from_queue', 'Remove a task from its queue', { task_id: number('Task ID') }, ['task_id']),
  tool(
    'move_task_to_queue',
    'Move a task from one queue to another',
    { task_id: number('Task ID'), new_queue_name: text('New queue name to move task to') },
    ['task_id', 'new_queue_name'],
  ),
  tool(
    'get_queue_tasks',
    'Get all tasks in a queue with optional filters',
    {
      queue_name: text('Queue name'),
      assigned_to: text('Filter by assignee'),
      exclude_status: texts('Exclude tasks with these statuses'),
      parent_task_id: number('Filter by parent task ID'),
      exclude_subtasks: flag('Exclude subtasks from results'),
      include_archived: flag('Include archived tasks'),
      limit: number('Max results'),
      offset: number('Pagination offset'),
    },
    ['queue_name'],
  ),
  tool('clear_queue', 'Remove all tasks from a queue', { queue_name: text('Queue name to clear') }, [
    'queue_name',
  ]),
  tool(
    'add_comment',
    'Add a comment to a task',
    { task_id: number('Task ID'), content: text('Comment text'), created_by: text('Agent name') },
    ['task_id', 'content'],
  ),
  tool(
    'update_comment',
    'Update an existing comment',
    { id: number('Comment ID'), content: text('New comment text') },
    ['id', 'content'],
  ),
  tool('delete_comment', 'Delete a comment by ID', { id: number('Comment ID') }, ['id']),
  tool('list_comments', 'List all comments for a task', { task_id: number('Task ID') }, ['task_id']),
  tool('get_comment', 'Get a single comment by ID', { id: number('Comment ID') }, ['id']),
  tool(
    'move_comment',
    'Move a comment to a different task, leaving a record on the original task',
    { comment_id: number('Comment ID to move'), to_task_id: number('Target task ID to move the comment to') },
    ['comment_id', 'to_task_id'],
  ),
  tool(
    'add_link',
    'Add a link/artifact reference to a task',
    {
      task_id: number('Task ID'),
      url: text('Link/path/reference'),
      description: text('Description of the artifact'),
      created_by: text('Agent name'),
    },
    ['task_id', 'url'],
  ),
  tool(
    'update_link',
    'Update an existing link',
    { id: number('Link ID'), url: text('New URL'), description: text('New description') },
    ['id'],
  ),
  tool('delete_link', 'Delete a link by ID', { id: number('Link ID') }, ['id']),
  tool('list_links', 'List all links for a task', { task_id: number('Task ID') }, ['task_id']),
];
