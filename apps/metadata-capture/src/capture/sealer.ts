import { openSecret, sealSecret } from '@lifeboat/kernel';
import type { Json, SealedSecret } from '@lifeboat/kernel';
import { SETTINGS } from '@lifeboat/service-kit';
import { Inject, Injectable } from '@nestjs/common';

/** Seals what must not be stored in clear, under the instance's key, and opens it again for who looks through it. */
@Injectable()
export class Sealer {
  constructor(@Inject(SETTINGS) private readonly settings: { readonly LIFEBOAT_SECRET_KEY: string }) {}

  readonly seal = (plain: string): Json => sealSecret(plain, this.settings.LIFEBOAT_SECRET_KEY);

  /** `undefined` for what was not there. */
  readonly open = (sealed: Json | undefined): string | undefined =>
    typeof sealed === 'object' && sealed !== null
      ? openSecret(sealed as SealedSecret, this.settings.LIFEBOAT_SECRET_KEY)
      : undefined;
}
