import { chainFaults, evidenceDigest } from './evidence-chain.ts';
import type { Evidence, EvidenceRecord } from './values.ts';

const recordOf = (runId: string): EvidenceRecord => ({
  run: {
    runId,
    kind: 'drill',
    groupId: 'shop',
    outcome: 'completed',
    startedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
  },
  acts: [],
  rpo: {},
  rto: { target: 60, reached: 12 },
  steps: [],
  probes: [],
  warnings: [],
  left: [],
});

function chainOf(...runIds: readonly string[]): readonly Evidence[] {
  const chain: Evidence[] = [];
  for (const [at, runId] of runIds.entries()) {
    const before = chain.at(-1)?.digest ?? '';
    const open = { sequence: at + 1, recordedAt: `2026-01-01T00:00:0${at}.000Z`, record: recordOf(runId), before };
    chain.push({ ...open, digest: evidenceDigest(open) });
  }
  return chain;
}

describe('a chain of evidence', () => {
  const chain = chainOf('a', 'b', 'c', 'd');
  const changed = (at: number, change: (one: Evidence) => Evidence) =>
    chain.map((one, place) => (place === at ? change(one) : one));

  it('is whole as it was recorded, whatever the order of the fields it is read with', () => {
    expect(chainFaults(chain)).toEqual([]);
    const turned = chain.map((one) => Object.fromEntries(Object.entries(one).reverse()) as Evidence);
    expect(chainFaults(turned)).toEqual([]);
    expect(chainFaults([])).toEqual([]);
  });

  it('shows a record that was changed', () => {
    const better = changed(1, (one) => ({ ...one, record: { ...one.record, rto: { target: 60, reached: 1 } } }));
    expect(chainFaults(better)).toEqual([{ sequence: 2, message: 'it is not what was recorded' }]);
  });

  it('shows a record that was changed and sealed again, by the one after it', () => {
    const sealed = changed(1, (one) => {
      const open = { ...one, record: recordOf('other') };
      return { ...open, digest: evidenceDigest(open) };
    });
    expect(chainFaults(sealed)).toEqual([{ sequence: 3, message: 'it does not follow the record before it' }]);
  });

  it('shows records that were taken out or changed places', () => {
    expect(chainFaults(chain.toSpliced(1, 1)).map(({ sequence }) => sequence)).toContain(3);
    expect(chainFaults(chain.slice(1))).not.toEqual([]);
    expect(chainFaults([chain[0], chain[2], chain[1], chain[3]] as Evidence[])).not.toEqual([]);
  });
});
