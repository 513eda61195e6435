import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sites } from './sites.ts';

const cloud = (name: string, url: string): string =>
  JSON.stringify({ clouds: { [name]: { auth: { auth_url: url, username: 'u', project_name: 'p' } } } });
const password = (name: string, value: string): string =>
  JSON.stringify({ clouds: { [name]: { auth: { password: value } } } });

describe('the sites of clouds.yaml', () => {
  let dir: string;
  let file: string;
  let second = 0;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'lifeboat-sites-'));
    file = join(dir, 'clouds.yaml');
    write('clouds.yaml', cloud('alpha', 'http://one:5000/v3'));
    write('secure.yaml', password('alpha', 'first'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Each time with another time of change, however fast the spec is. */
  function write(name: string, text: string): void {
    writeFileSync(join(dir, name), text);
    utimesSync(join(dir, name), new Date(), new Date(Date.UTC(2030, 0, 1) + 1_000 * ++second));
  }

  it('are opened once, and anew when credentials were changed', async () => {
    const sites = new Sites(file, 'spec');
    const before = await sites.open('alpha');
    expect(await sites.open('alpha')).toBe(before);
    write('secure.yaml', password('alpha', 'second'));
    const after = await sites.open('alpha');
    expect(after).not.toBe(before);
    expect(sites.config('alpha').auth).toMatchObject({ password: 'second' });
    await Promise.all([before.close(), after.close()]);
  });

  it('are usable though another entry is wrong, which is said when that one is asked for', () => {
    const sites = new Sites(file, 'spec');
    write(
      'clouds.yaml',
      JSON.stringify({ clouds: { ...JSON.parse(cloud('alpha', 'http://one:5000/v3')).clouds, odd: { auth: {} } } }),
    );
    expect(sites.config('alpha').authUrl).toContain('one');
    expect(() => sites.config('odd')).toThrow(/odd/);
  });

  it('stay as they were while the file is half written', () => {
    const sites = new Sites(file, 'spec');
    expect(sites.config('alpha').authUrl).toBe('http://one:5000');
    write('clouds.yaml', 'clouds: {alpha: {auth: {auth_url: "http://tw');
    expect(sites.config('alpha').authUrl).toBe('http://one:5000');
    write('clouds.yaml', cloud('alpha', 'http://two:5000'));
    expect(sites.config('alpha').authUrl).toBe('http://two:5000');
  });

  it('are named to whoever asks for another', async () => {
    await expect(new Sites(file, 'spec').open('beta')).rejects.toMatchObject({
      code: 'site-not-in-clouds-yaml',
      mend: expect.stringContaining('alpha'),
    });
  });

  it('are missed with the setting that says where they are', async () => {
    await expect(new Sites(join(dir, 'nowhere.yaml'), 'spec').open('alpha')).rejects.toMatchObject({
      code: 'clouds-file-missing',
      mend: expect.stringContaining('LIFEBOAT_CLOUDS_FILE'),
    });
  });
});
