import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCloudsFile, loadClouds } from './clouds-file.ts';
import { allOf, refusalOf } from './simulated/refusal-of.ts';

const SECRET = 'hunter2-sesame';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lifeboat-clouds-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, name = 'clouds.yaml'): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const auth = `auth_url: https://k.example/identity/v3/
      username: ann
      password: ${SECRET}
      project_name: shop`;
const entry = (more = '', authMore = ''): string => `clouds:
  alpha:
    auth:
      ${auth}${authMore}
    ${more}
`;
const load = (text: string) => loadClouds({ file: write(text) }).get('alpha');
const mistakeIn = async (text: string) => {
  const error = await refusalOf(() => load(text));
  expect(error.kind).toBe('invalid-input');
  expect(error.mend).toBeTruthy();
  expect(allOf(error)).not.toContain(SECRET);
  return error;
};

describe('clouds.yaml', () => {
  it('tells a cloud by password, with what is usual where nothing is said', () => {
    expect(load(entry())).toEqual({
      name: 'alpha',
      authUrl: 'https://k.example/identity',
      region: undefined,
      interface: 'public',
      auth: {
        type: 'password',
        username: 'ann',
        password: SECRET,
        userDomain: 'Default',
        project: { name: 'shop', domain: 'Default' },
      },
      caFile: undefined,
      verify: true,
    });
  });

  it('refuses an entry that is wrong when it is asked for, and not the others', async () => {
    const clouds = loadClouds({ file: write(`${entry()}  old:\n    auth:\n      auth_url: nowhere\n`) });
    expect(clouds.keys()).toEqual(['alpha', 'old']);
    expect(clouds.get('alpha')).toMatchObject({ name: 'alpha' });
    expect((await refusalOf(() => clouds.get('old'))).message).toContain('old');
  });

  it('tells region, interface, authority and domains', () => {
    const more =
      'region_name: North\n    interface: internalURL\n    cacert: ca.pem\n    verify: false\n    identity_api_version: 3\n    volume_api_version: "3"';
    expect(load(entry(more, '\n      user_domain_name: People\n      project_domain_name: Work'))).toMatchObject({
      region: 'North',
      interface: 'internal',
      caFile: join(folder, 'ca.pem'),
      verify: false,
      auth: { userDomain: 'People', project: { name: 'shop', domain: 'Work' } },
    });
  });

  it('tells an application credential, whose secret is in secure.yaml', () => {
    write(`clouds:\n  alpha:\n    auth:\n      application_credential_secret: ${SECRET}\n`, 'secure.yaml');
    const text =
      'clouds:\n  alpha:\n    auth_type: v3applicationcredential\n    auth:\n      auth_url: http://k\n      application_credential_id: ac\n';
    expect(load(text)?.auth).toEqual({ type: 'application-credential', id: 'ac', secret: SECRET });
  });

  it('takes numbers for the text they are', () => {
    expect(load(entry().replace(SECRET, '1234'))?.auth).toMatchObject({ password: '1234' });
  });

  it('understands the default domain by its id', () => {
    expect(load(entry('', '\n      user_domain_id: default\n      project_domain_id: default'))?.auth).toMatchObject({
      userDomain: 'Default',
    });
  });

  it.each([
    ['no password', entry().replace(`password: ${SECRET}`, 'password:'), /"alpha" has no auth.password/],
    ['no project', entry().replace('project_name: shop', ''), /has no auth.project_name/],
    ['no Keystone', entry().replace(/auth_url.*/, ''), /has no auth.auth_url/],
    [
      'a Keystone that is no address',
      entry().replace('https://k.example/identity/v3/', 'k.example'),
      /no http address/,
    ],
    ['Keystone v2', entry().replace('identity/v3/', 'v2.0'), /v2\.0/],
    ['a misspelt field of auth', entry('', '\n      user_domain_nmae: x'), /"auth.user_domain_nmae", which is unknown/],
    ['a misspelt field', entry('regionname: x'), /"regionname", which is unknown/],
    ['an unknown interface', entry('interface: private'), /unknown interface/],
    ['a verify that is no yes or no', entry('verify: "maybe"'), /needs verify to be a boolean/],
    ['no auth', 'clouds:\n  alpha:\n    region_name: x\n', /needs auth to be/],
    ['an entry that is none', 'clouds:\n  alpha: 3\n', /is no entry/],
    ['a way to log in that we do not know', entry('auth_type: v3oidcpassword'), /auth_type "v3oidcpassword"/],
    ['a domain that we cannot name', entry('', '\n      user_domain_id: 3f2a'), /names its user_domain by an id/],
    ['no clouds', 'cloud:\n  alpha: {}\n', /has no "clouds:"/],
    ['nothing', '', /has no "clouds:"/],
  ])('with %s is refused, naming file, cloud and field', async (_, text, message) => {
    const error = await mistakeIn(text);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(join(folder, 'clouds.yaml'));
  });

  it('says what was probably meant', async () => {
    expect((await mistakeIn(entry('', '\n      pasword: x'))).mend).toBe('Write password.');
    expect((await mistakeIn(entry('region_nam: x'))).mend).toBe('Write region_name.');
  });

  it('that is no YAML is refused by its line, which is not quoted', async () => {
    const error = await mistakeIn(`clouds:\n  alpha:\n    auth:\n      password: "${SECRET}\n  b: [\n`);
    expect(error).toMatchObject({ code: 'clouds-file-unreadable' });
    expect(error.message).toMatch(/line \d/);
  });

  it('that is not there is refused by its name, and so is a secure.yaml that was named', async () => {
    expect((await refusalOf(() => loadClouds({ file: '/nowhere/clouds.yaml' }))).message).toContain(
      '/nowhere/clouds.yaml cannot be read (ENOENT)',
    );
    const file = write(entry());
    expect((await refusalOf(() => loadClouds({ file, secureFile: '/nowhere/s.yaml' }))).message).toContain(
      '/nowhere/s.yaml',
    );
  });

  it("is looked for where OpenStack's own tools look", async () => {
    const home = join(folder, 'home');
    mkdirSync(join(home, '.config/openstack'), { recursive: true });
    const error = await refusalOf(() => findCloudsFile({ HOME: home }, folder));
    expect(error).toMatchObject({ code: 'clouds-file-missing' });
    writeFileSync(join(home, '.config/openstack/clouds.yaml'), entry());
    expect(findCloudsFile({ HOME: home }, folder)).toBe(join(home, '.config/openstack/clouds.yaml'));
    const here = write(entry());
    expect(findCloudsFile({ HOME: home }, folder)).toBe(here);
    expect(findCloudsFile({ HOME: home, OS_CLIENT_CONFIG_FILE: '/etc/mine.yaml' }, folder)).toBe('/etc/mine.yaml');
    expect([...loadClouds({ env: { OS_CLIENT_CONFIG_FILE: here } }).keys()]).toEqual(['alpha']);
  });
});
