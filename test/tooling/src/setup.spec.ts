import { spawnSync } from 'node:child_process';
import { checkPlatform } from '../../../tools/setup/platform.mjs';
import { outsideEnvironment } from '../../../tools/setup/packages.mjs';
import { PROJECT_ROOT } from './project-root.ts';

const host = { version: '20.19.0', platform: 'linux', arch: 'x64', musl: false };

describe('set-up', () => {
  it('works with the oldest Node it names, and refuses older ones with where to get a newer', () => {
    expect(() => checkPlatform(true, host)).not.toThrow();
    for (const version of ['20.18.3', '18.20.4'])
      expect(() => checkPlatform(true, { ...host, version })).toThrow(
        /needs Node 20\.19 or newer.*https:\/\/nodejs\.org/,
      );
  });

  it('says how to name servers where their binaries do not exist', () => {
    for (const other of [{ arch: 'arm64' }, { platform: 'darwin' }, { musl: true }])
      expect(() => checkPlatform(true, { ...host, ...other })).toThrow(/LIFEBOAT_DATABASE_URL=.*LIFEBOAT_NATS_URL=/);
  });

  it('asks for no binaries where the servers are named', () => {
    expect(() => checkPlatform(false, { ...host, arch: 'arm64' })).not.toThrow();
  });

  it('gives npm the user’s own settings, and nothing of the npm run around it', () => {
    const env = {
      PATH: '/project/node_modules/.bin:/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin:/usr/bin',
      npm_config_registry: 'https://registry.example',
      npm_config_local_prefix: '/elsewhere',
      npm_lifecycle_event: 'demo',
      npm_package_name: 'lifeboat',
      npm_config_omit: 'dev',
      HOME: '/home/me',
    };
    expect(outsideEnvironment(env)).toEqual({
      PATH: '/usr/bin',
      npm_config_registry: 'https://registry.example',
      HOME: '/home/me',
    });
  });

  it('answers a task it does not know with those it knows, on stderr alone', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/setup/run.mjs', 'dmeo'], {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/demo \| up \| bench/);
  });
});
