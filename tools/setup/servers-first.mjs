import Sequencer from '@jest/test-sequencer';

const RANKS = [/^test\/.*\.int-spec\.ts$/, /\.int-spec\.ts$|\/simulated\//];

/**
 * Jest's own order, which on a fresh clone goes by the size of files, within three ranks: suites of the whole product, suites that start servers or clouds, all others. What takes
 * minutes and begins last would have two cores wait for it.
 */
export default class ServersFirst extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ path }) {
  const rank = RANKS.findIndex((pattern) => pattern.test(path.slice(process.cwd().length + 1)));
  return rank < 0 ? RANKS.length : rank;
}
