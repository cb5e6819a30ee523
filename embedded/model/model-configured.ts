import { missingProvider } from '../../goose/program/provider.ts';

/** Whether goose knows a model to ask; yes where that cannot be found out. */
export async function modelConfigured(
  gooseBin: string,
  env: Record<string, string | undefined>,
): Promise<boolean> {
  return (await missingProvider(gooseBin, env)) === undefined;
}
