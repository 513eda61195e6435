import { refuseOldServer } from './server-version.ts';

describe('the version of nats-server', () => {
  it.each(['2.10.23', '2.10.27', '2.11.0', '2.14.0', '3.0.0', '2.12.0-beta.1'])('may be %s', (version) => {
    expect(() => refuseOldServer(version)).not.toThrow();
  });

  it.each(['2.9.10', '2.10.0', '2.10.22', '1.99.99', 'unknown', undefined])('may not be %s', (version) => {
    expect(() => refuseOldServer(version)).toThrow('can lose what it has acknowledged');
  });
});
