import { invalidInput } from '@lifeboat/kernel';
import type { Json } from '@lifeboat/kernel';
import { z } from 'zod';

/**
 * What a driver wrote down of a point, read as it comes back: from a database of another release, or out of a bundle. Every form that a release wrote has to fit the
 * schema; what it does not know it leaves alone. Throws `invalid-input` `replica-unreadable`, which tells the driver and the field, and never what is in it: there are keys.
 */
export const storedAs =
  <T>(driver: string, schema: z.ZodType<T>) =>
  (value: Json): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const field = issue?.path.map(String).join('.');
    throw invalidInput(
      'replica-unreadable',
      `What ${driver} wrote down of a recovery point cannot be read${field ? `, at "${field}"` : ''}: ${issue?.message ?? 'it does not fit'}.`,
      {
        mend: 'A release that is newer than this one may have written it: run that. Else use another point; new ones do not build on it.',
        data: { driver, ...(field && { field }) },
      },
    );
  };

/** The one id in what a driver wrote down. Throws as `storedAs` does. */
export const idIn = (driver: string, value: Json, key: string): string =>
  storedAs(driver, z.object({ [key]: z.string().min(1) }))(value)[key] ?? '';
