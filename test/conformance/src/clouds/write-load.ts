import { setTimeout as pause } from 'node:timers/promises';
import { scribble } from './ceph.ts';

export interface WriteLoad {
  /** Resolves when the last write is done. */
  stop(): Promise<void>;
}

/** Random writes into an image, without end, with short breaths for a small machine. */
export function writeLoad(cluster: string, image: string): WriteLoad {
  let stopped = false;
  const writing = (async () => {
    while (!stopped) {
      await scribble(cluster, image);
      await pause(200);
    }
  })();
  return {
    stop: () => {
      stopped = true;
      return writing;
    },
  };
}
