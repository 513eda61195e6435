import { PROJECT_ROOT } from '@lifeboat/testing';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const MINUTE = 60_000;

// Here and not among the tests without clouds: the command line comes with the clouds' packages.
it(
  'the stock openstack command line works against the simulator, as a member and as an administrator',
  async () => {
    const { stdout } = await promisify(execFile)('test/conformance/openstack-cli.sh', { cwd: PROJECT_ROOT });
    expect(stdout).not.toContain('SKIPPED');
    expect(stdout).toMatch(/passed/);
  },
  10 * MINUTE,
);
