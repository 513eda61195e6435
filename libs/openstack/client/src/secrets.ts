const SECRET_KEY = /pass|secret|user_data|private_key|token|contents|payload/i;
const SHORTEST = 4;

/**
 * The secrets in a JSON body that is sent: Nova and Keystone quote refused values in their answers ("Invalid input for field/attribute user_data.
 * Value: …"), and those answers become our messages.
 */
export function secretsIn(body: unknown): string[] {
  if (typeof body !== 'string') return [];
  const found: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === 'string' && inner.length >= SHORTEST && SECRET_KEY.test(key)) found.push(inner);
      collect(inner);
    }
  };
  collect(JSON.parse(body));
  return found;
}

/** Longest first: one secret may be part of another. */
export const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.toSorted((a, b) => b.length - a.length).reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
