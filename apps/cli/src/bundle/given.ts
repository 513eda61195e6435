import { invalidInput } from '@lifeboat/kernel';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Of the machine that the services run on: a relative path is the caller's. */
export const bundlePlace = (place: string): string => (place.startsWith('swift:') ? place : resolve(place));

/** Throws `invalid-input` `bundle-unreadable`. */
export function publicKeyIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

export const unreadable = (path: string, thrown: unknown) =>
  invalidInput('bundle-unreadable', `${path} cannot be read: ${(thrown as Error).message}`, {
    mend: 'Name a folder with the files of a bundle, or a file with a key.',
  });
