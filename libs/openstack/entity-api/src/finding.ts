/** Something that a person should know. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly code: string;
  /** `server web-1 (id)` */
  readonly where: string;
  readonly message: string;
  readonly mend?: string;
}
