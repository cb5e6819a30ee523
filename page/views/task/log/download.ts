import { ApiProblem, problemIn } from '../../../api/call.ts';
import { token } from '../../../api/token.ts';

/** Saves a whole log as a file: by fetch, since a link would carry no token. It may take minutes. @throws ApiProblem */
export async function saveLog(taskId: number, attempt: number): Promise<void> {
  const headers = new Headers();
  if (token.value !== null) headers.set('authorization', `Bearer ${token.value}`);
  const response = await fetch(`/api/tasks/${taskId}/log/text?attempt=${attempt}`, { headers });
  if (!response.ok) throw new ApiProblem(await problemIn(response));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = `task_${taskId}_attempt_${attempt}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
}
