import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMappings } from './mappings-file.ts';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'lifeboat-mappings-')), 'mappings.json');
  writeFileSync(path, text);
  return path;
};

describe('a file of mappings', () => {
  it('says what stands for what', () => {
    expect(readMappings(file('{"flavor": {"big": "large"}}'))).toEqual({ flavor: { big: 'large' } });
  });

  it.each([
    ['no JSON', 'flavor: big'],
    ['a rule that there is not', '{"flavour": {"big": "large"}}'],
    ['what is no name', '{"flavor": {"big": 7}}'],
  ])('is refused with %s, and said how to write it', (_what, text) => {
    expect(() => readMappings(file(text))).toThrow(
      expect.objectContaining({ code: 'mappings-malformed', mend: expect.stringContaining('JSON') }),
    );
  });

  it('is refused when it is not there', () => {
    expect(() => readMappings('/nowhere/mappings.json')).toThrow(
      expect.objectContaining({ code: 'mappings-malformed', message: expect.stringContaining('/nowhere') }),
    );
  });
});
