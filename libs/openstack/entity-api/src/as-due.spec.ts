import { asDue, chainsBehind } from './as-due.ts';

describe('work that is done as it becomes due', () => {
  const order: string[] = [];
  const piece = (key: string, after: readonly string[], until: Promise<void> = Promise.resolve()) => ({
    key,
    after,
    work: async () => {
      order.push(`${key} begins`);
      await until;
      order.push(`${key} ends`);
    },
  });
  beforeEach(() => void (order.length = 0));

  it('waits for what comes before it, and for nothing else', async () => {
    const { promise: theOthers, resolve } = Promise.withResolvers<void>();
    const last = { key: 'last', after: ['c'], work: async () => resolve() };
    // It would wait for ever if the others waited for it.
    await asDue([piece('c', ['b']), piece('b', ['a', 'unknown']), piece('slow', [], theOthers), piece('a', []), last]);
    expect(order.filter((line) => !line.startsWith('slow'))).toEqual(
      ['a', 'b', 'c'].flatMap((key) => [`${key} begins`, `${key} ends`]),
    );
  });

  it('does each piece once, also when several wait for it', async () => {
    await asDue([piece('x', ['a']), piece('y', ['a']), piece('z', ['x', 'y']), piece('a', [])]);
    expect(order.filter((line) => line.endsWith('begins')).toSorted()).toEqual(
      ['a', 'x', 'y', 'z'].map((key) => `${key} begins`),
    );
  });

  it('begins nothing after a failure, and waits for what runs', async () => {
    const { promise: itBroke, resolve } = Promise.withResolvers<void>();
    const broken = {
      key: 'broken',
      after: [],
      work: async () => {
        setImmediate(resolve);
        throw new Error('it broke');
      },
    };
    const pieces = [piece('later', ['slow']), piece('slow', [], itBroke), broken, piece('never', ['broken'])];
    await expect(asDue(pieces)).rejects.toThrow('it broke');
    expect(order).toEqual(['slow begins', 'slow ends']);
  });

  it('knows of each piece the longest chain that waits for it', () => {
    const pieces = [
      { key: 'port', after: ['network'] },
      { key: 'server', after: ['port', 'unknown'] },
      { key: 'address', after: ['port', 'server'] },
      { key: 'network', after: [] },
      { key: 'keypair', after: [] },
    ];
    expect(Object.fromEntries(chainsBehind(pieces))).toEqual({
      network: 3,
      port: 2,
      server: 1,
      address: 0,
      keypair: 0,
    });
  });
});
