import { parseData, StartProtect } from '@lifeboat/contracts';
import { diagramOf, outlineOf, saga } from '@lifeboat/saga-engine';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { definitionOf, sagas } from './index.ts';
import { referenceOf } from './sagas-reference.ts';

const ROOT = join(dirname(new URL(import.meta.url).pathname), '../../../..');
const REFERENCE = join(ROOT, 'docs/reference/sagas.md');

describe('the registry of sagas', () => {
  const [old, young] = [1, 2].map((version) => saga('protect', version, StartProtect).end());
  const both = [young, old].flatMap((d) => d ?? []);

  it('starts new runs on the newest version and lets old ones finish on theirs', () => {
    expect(definitionOf(both, 'protect')).toBe(young);
    expect(definitionOf(both, 'protect', 1)).toBe(old);
  });

  it('says so when a version is gone that a run began with', () => {
    expect(() => definitionOf(both, 'protect', 3)).toThrow('There is no saga protect version 3.');
    expect(() => definitionOf(sagas, 'holiday')).toThrow('There is no saga holiday.');
  });

  it('has no two of the same name and version', () => {
    const names = sagas.map((d) => `${d.name} ${d.version}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe.each(sagas.map((d) => [`${d.name} ${d.version}`, d] as const))('%s', (_name, definition) => {
  it('sends commands that fit their schemas, forward and back', () => {
    for (const { send, undo } of outlineOf(definition))
      for (const sending of [send, undo].filter((one) => one !== undefined))
        expect(parseData(sending.command, sending.data)).toEqual(JSON.parse(JSON.stringify(sending.data)));
  });

  it('can be drawn', () => {
    expect(diagramOf(definition).split('\n').length).toBeGreaterThan(definition.stages.length);
  });
});

describe('docs/reference/sagas.md', () => {
  it('shows the sagas as they are (LIFEBOAT_UPDATE_DOCS=1 writes it anew)', () => {
    const wanted = referenceOf(sagas);
    if (process.env['LIFEBOAT_UPDATE_DOCS']) {
      mkdirSync(dirname(REFERENCE), { recursive: true });
      writeFileSync(REFERENCE, wanted);
    }
    expect(readFileSync(REFERENCE, 'utf8')).toBe(wanted);
  });
});
