import fc from 'fast-check';
import { PROPERTIES } from './properties.ts';

describe('what comes from outside', () => {
  // A sample of `npm run soak -- blocks`.
  it.each(Object.entries(PROPERTIES))('%s', async (_name, property) => {
    await fc.assert(property, { numRuns: 300 });
  });
});
