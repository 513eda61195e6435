/** With LIFEBOAT_CLOUDS_BRIEF, what a change is most likely to break; the others take as long again. */
export const BRIEF: readonly string[] = [
  'carries the bytes of the moment of the snapshot and leaves nothing behind',
  'ends the same when it is killed after everything it changes',
  'removes a point without harm to its copies',
  'removes a point without harm to the others with the primary lost',
  'serves and removes a point with the primary lost',
  'refuses what it cannot carry, with a reason',
];
