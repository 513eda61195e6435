export function installWorkspace(options: { readonly tools: boolean }): Promise<void>;
export function installTestbed(): Promise<void>;
export function outsideEnvironment(
  from?: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined>;
