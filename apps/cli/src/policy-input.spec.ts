import { bandwidth, bandwidthText, driverRule, driverRuleText } from './policy-input.ts';

describe('a driver rule on the command line', () => {
  it.each([
    ['image-transfer', { driver: 'image-transfer' }],
    ['fast=cinder-backup', { driver: 'cinder-backup', volumeType: 'fast' }],
    ['server-root=server-snapshot', { driver: 'server-snapshot', diskKind: 'server-root' }],
    ['tag:tier=gold=image-transfer', { driver: 'image-transfer', tag: 'tier=gold' }],
    ['db=hook:shop-db', { driver: 'hook', named: 'shop-db', volumeType: 'db' }],
    ['tag:scratch=stateless', { driver: 'stateless', tag: 'scratch' }],
  ])('%s', (text, rule) => {
    expect(driverRule(text)).toEqual(rule);
    expect(driverRuleText(driverRule(text))).toBe(text);
  });

  it.each(['', '=image-transfer', 'fast='])('"%s" is refused', (text) =>
    expect(() => driverRule(text)).toThrow(expect.objectContaining({ code: 'driver-rule-malformed' })),
  );
});

describe('a bandwidth on the command line', () => {
  it.each([
    ['20MiB/s', { bytesPerSecond: 20 * 1024 ** 2 }],
    ['1.5MB/s 22:00-06:00', { bytesPerSecond: 1_500_000, from: '22:00', to: '06:00' }],
    [
      '2MB/s mon-wed,sat 08:00-18:00 Europe/Berlin',
      {
        bytesPerSecond: 2_000_000,
        days: ['mon', 'tue', 'wed', 'sat'],
        from: '08:00',
        to: '18:00',
        timeZone: 'Europe/Berlin',
      },
    ],
    ['4096 sat-mon', { bytesPerSecond: 4096, days: ['sat', 'sun', 'mon'] }],
  ])('%s', (text, rule) => expect(bandwidth(text)).toEqual(rule));

  it.each(['fast', '2MB/s mon-someday'])('"%s" is refused', (text) =>
    expect(() => bandwidth(text)).toThrow(expect.objectContaining({ code: 'bandwidth-malformed' })),
  );

  it('is shown as it can be read', () => {
    expect(bandwidthText({ bytesPerSecond: 4096, days: ['sat'], from: '08:00' })).toBe('4096 B/s sat 08:00-24:00');
  });
});
