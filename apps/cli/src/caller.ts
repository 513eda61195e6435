/** Whose name is kept: nobody checks it. */
export const callerName = (): string => process.env['USER'] ?? 'operator';
