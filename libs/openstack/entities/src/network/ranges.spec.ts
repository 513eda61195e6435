import { isPartOf, isWithin, overlaps } from './ranges.ts';

describe('ranges of addresses', () => {
  it.each([
    ['10.0.0.7', '10.0.0.0/24', true],
    ['10.0.1.7', '10.0.0.0/24', false],
    ['10.0.0.7', '10.0.0.7', true],
    ['10.0.0.7', '0.0.0.0/0', true],
    ['fd00::7', 'fd00::/64', true],
    ['fd00:0:0:1::7', 'fd00::/64', false],
    ['fd00::7', '10.0.0.0/8', false],
    ['nonsense', '10.0.0.0/8', false],
    ['10.0.0.7', 'nonsense', false],
  ])('%s is of %s: %s', (address, range, is) => {
    expect(isWithin(address, range)).toBe(is);
  });

  it('lie in each other, meet, or do not', () => {
    expect(isPartOf('10.0.0.0/24', '10.0.0.0/16')).toBe(true);
    expect(isPartOf('10.0.0.0/16', '10.0.0.0/24')).toBe(false);
    expect(overlaps('10.0.0.0/16', '10.0.9.0/24')).toBe(true);
    expect(overlaps('10.0.9.0/24', '10.0.0.0/16')).toBe(true);
    expect(overlaps('10.0.8.0/24', '10.0.9.0/24')).toBe(false);
    expect(overlaps('fd00::/48', 'fd00:0:0:7::/64')).toBe(true);
  });
});
