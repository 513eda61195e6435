import { asLifeboatError, LifeboatError, notFound } from '@lifeboat/kernel';
import { loadClouds, metrics, openCloud } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { observe } from '@lifeboat/telemetry';
import type { Logger } from '@lifeboat/telemetry';
import { Injectable } from '@nestjs/common';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Opens sites by their name in clouds.yaml. The file, and secure.yaml beside it, are read again when they change, so that credentials are rotated
 * without a restart.
 */
@Injectable()
export class Sites {
  private clouds: ReadonlyMap<string, CloudConfig | LifeboatError> | undefined;
  private readonly opened = new Map<string, Cloud>();
  private version = '';

  constructor(
    private readonly file: string,
    private readonly service: string,
    private readonly log?: Logger,
  ) {
    metrics.observe = observe;
  }

  config(name: string): CloudConfig {
    const clouds = this.refresh();
    const config = clouds.get(name);
    if (!config)
      throw notFound('site-not-in-clouds-yaml', `Site "${name}" is not in ${this.file}.`, {
        mend: `Add it there; known are: ${[...clouds.keys()].join(', ') || 'none'}.`,
      });
    if (config instanceof LifeboatError) throw config;
    return config;
  }

  async open(name: string): Promise<Cloud> {
    const config = this.config(name);
    const known = this.opened.get(name);
    if (known) return known;
    const cloud = openCloud(config, { userAgent: `lifeboat-${this.service}` });
    this.opened.set(name, cloud);
    return cloud;
  }

  private refresh(): ReadonlyMap<string, CloudConfig | LifeboatError> {
    const version = this.versionNow();
    if (this.clouds && version === this.version) return this.clouds;
    try {
      this.clouds = this.read();
    } catch (thrown) {
      if (!this.clouds) throw thrown;
      // Half written, or a mistake: what was good a moment ago is better than failing every run until it is mended.
      this.log?.warn({ err: thrown }, 'clouds.yaml has changed but cannot be used; the sites stay as they were');
    }
    this.version = version;
    // Those in use are not closed: a verb in progress ends with them. Their idle connections close by themselves.
    this.opened.clear();
    return this.clouds;
  }

  private read(): ReadonlyMap<string, CloudConfig | LifeboatError> {
    const clouds = loadClouds({ file: this.file });
    const entry = (name: string): CloudConfig | LifeboatError => {
      try {
        return clouds.get(name) ?? notFound('site-not-in-clouds-yaml', `Site "${name}" is not in ${this.file}.`);
      } catch (thrown) {
        const [error, before] = [asLifeboatError(thrown), this.clouds?.get(name)];
        this.log?.warn({ err: error, site: name }, 'an entry of clouds.yaml cannot be used');
        return before ?? error;
      }
    };
    return new Map(clouds.keys().map((name) => [name, entry(name)]));
  }

  private versionNow(): string {
    const secure = statSync(join(dirname(this.file), 'secure.yaml'), { throwIfNoEntry: false });
    const clouds = statSync(this.file, { throwIfNoEntry: false });
    if (clouds || this.clouds) return `${clouds?.mtimeMs} ${secure?.mtimeMs}`;
    throw new LifeboatError({
      kind: 'invalid-input',
      code: 'clouds-file-missing',
      message: `${this.file} cannot be read.`,
      mend: 'Set LIFEBOAT_CLOUDS_FILE to your clouds.yaml.',
    });
  }
}
