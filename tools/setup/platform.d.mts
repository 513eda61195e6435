export interface Host {
  readonly version: string;
  readonly platform: string;
  readonly arch: string;
  readonly musl: boolean;
}
export function hasBinaries(host?: Host): boolean;
export function checkPlatform(needsBinaries: boolean, host?: Host): void;
