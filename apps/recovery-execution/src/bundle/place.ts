import type { Cloud } from '@lifeboat/openstack-client';
import type { BundleFile } from './bundle-files.ts';
import { directoryPlace } from './directory-place.ts';
import { swiftPlace } from './swift-place.ts';

/** Where bundles stand: `<place>/<group>/<name>/`. */
export interface Place {
  /** Whole or not at all. */
  write(group: string, name: string, files: readonly BundleFile[]): Promise<void>;
  names(group: string): Promise<readonly string[]>;
  /** Of which there may be bundles. */
  groups(): Promise<readonly string[]>;
  /** Its files by their names; none where there is no such bundle. */
  read(group: string, name: string): Promise<ReadonlyMap<string, Buffer>>;
  /** Quiet when it is not there. */
  remove(group: string, name: string): Promise<void>;
}

const SWIFT = 'swift:';

export const isObjectStore = (to: string): boolean => to.startsWith(SWIFT);

export const placeOf = (to: string, recoverySite: Cloud): Place =>
  isObjectStore(to) ? swiftPlace(recoverySite, to.slice(SWIFT.length)) : directoryPlace(to);

/** Sorts by time. */
export const bundleName = (madeAt: string, pointId: string): string => `${madeAt.replaceAll(/[-:.]/g, '')}-${pointId}`;
const OURS = /^\d{8}T\d{9}Z-/;

/** Newest first; never what is not ours. Pure. */
export const newestFirst = (names: readonly string[]): readonly string[] =>
  names
    .filter((name) => OURS.test(name))
    .toSorted()
    .toReversed();

/** Which are more than are to be kept: the oldest; never what is not ours. Pure. */
export const superfluous = (names: readonly string[], keep: number): readonly string[] =>
  newestFirst(names).slice(keep);
