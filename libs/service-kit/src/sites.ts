import { LifeboatError, notFound } from '@lifeboat/kernel';
import { loadClouds, openCloud } from '@lifeboat/openstack-client';
import type { Cloud, CloudConfig } from '@lifeboat/openstack-client';
import { Injectable } from '@nestjs/common';
import { statSync } from 'node:fs';

/** Opens sites by their name in clouds.yaml. The file is read again when it changes, so that credentials are rotated without a restart. */
@Injectable()
export class Sites {
  private clouds = new Map<string, CloudConfig>();
  private readonly open_ = new Map<string, Cloud>();
  private readAt = 0;

  constructor(
    private readonly file: string,
    private readonly service: string,
  ) {}

  config(name: string): CloudConfig {
    this.refresh();
    const config = this.clouds.get(name);
    if (!config)
      throw notFound('site-not-in-clouds-yaml', `Site "${name}" is not in ${this.file}.`, {
        mend: `Add it there; known are: ${[...this.clouds.keys()].join(', ') || 'none'}.`,
      });
    return config;
  }

  open(name: string): Promise<Cloud> {
    try {
      const config = this.config(name);
      const known = this.open_.get(name);
      if (known) return Promise.resolve(known);
      const cloud = openCloud(config, { userAgent: `lifeboat-${this.service}` });
      this.open_.set(name, cloud);
      return Promise.resolve(cloud);
    } catch (thrown) {
      return Promise.reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  }

  private refresh(): void {
    let changed: number;
    try {
      changed = statSync(this.file).mtimeMs;
    } catch (cause) {
      throw new LifeboatError(
        {
          kind: 'invalid-input',
          code: 'clouds-file-missing',
          message: `${this.file} cannot be read.`,
          mend: 'Set LIFEBOAT_CLOUDS_FILE to your clouds.yaml.',
        },
        { cause },
      );
    }
    if (changed === this.readAt) return;
    this.clouds = loadClouds({ file: this.file });
    for (const cloud of this.open_.values()) void cloud.close();
    this.open_.clear();
    this.readAt = changed;
  }
}
