import { readConfig, usage } from './simulator-config.ts';

describe('the simulator’s configuration', () => {
  it('comes from the environment, and flags win over it', () => {
    const config = readConfig({ LIFEBOAT_SIM_NAME: 'primary', LIFEBOAT_SIM_DELAY_MS: '20', LIFEBOAT_SIM_PORT: '' }, [
      '--delay-ms',
      '5',
      '--region=RegionB',
      '--clouds-yaml',
      '--further-services=dns,load-balancer',
    ]);
    expect(config).toEqual({
      options: { name: 'primary', delayMs: 5, region: 'RegionB', furtherServices: ['dns', 'load-balancer'] },
      log: true,
      cloudsYaml: true,
    });
  });

  it('names every mistake by its variable and flag', () => {
    expect(() => readConfig({ LIFEBOAT_SIM_PORT: '70000', LIFEBOAT_SIM_GLANCE_STORE: 'tape' }, [])).toThrow(
      /LIFEBOAT_SIM_PORT \(--port\).*LIFEBOAT_SIM_GLANCE_STORE \(--glance-store\)/s,
    );
    expect(() => readConfig({}, ['--speed', '9'])).toThrow('Unknown flag --speed');
  });

  it('says what can be set', () => {
    expect(usage()).toContain('LIFEBOAT_SIM_GIB_BYTES');
  });
});
