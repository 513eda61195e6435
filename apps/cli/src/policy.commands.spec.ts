import { driverRule } from './policy.commands.ts';

describe('a rule of a policy', () => {
  it.each([
    ['image-transfer', { driver: 'image-transfer' }],
    ['fast=cinder-backup', { driver: 'cinder-backup', volumeType: 'fast' }],
    ['server-root=server-snapshot', { driver: 'server-snapshot', diskKind: 'server-root' }],
    ['db=hook:shop-db', { driver: 'hook', named: 'shop-db', volumeType: 'db' }],
  ])('is read from %s', (text, rule) => {
    expect(driverRule(text)).toEqual(rule);
  });

  it.each(['', 'fast='])('is not made of "%s"', (text) => {
    expect(() => driverRule(text)).toThrow('An empty driver rule.');
  });
});
