import { test } from 'vitest';

test.todo('a backup, a kill and a restore');
