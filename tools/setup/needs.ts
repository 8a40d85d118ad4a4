/**
 * What a program can ask set-up for.
 *
 * - `worker`: mediasoup's worker, for the room server
 * - `bundles`: the app's three bundles in `out/`
 * - `app`: a runtime for the app (Electron, or the stand-in on Chromium) and the bundles
 * - `demo`: the page of `npm start`'s demo participant
 * - `proxy`: coturn, for the Cloud Proxy
 * - `e2e`: what end-to-end tests use beside the app
 * - `firewall`: what tests in network namespaces use; Linux and root only
 */
export const NEEDS = ['worker', 'bundles', 'app', 'demo', 'proxy', 'e2e', 'firewall'] as const;
export type Need = (typeof NEEDS)[number];

/**
 * Reads a list of needs from a command line.
 * @throws Error that names the word which is no need
 */
export function parseNeeds(words: readonly string[]): Need[] {
  return words.map((word) => {
    const need = NEEDS.find((known) => known === word);
    if (!need)
      throw new Error(`"${word}" cannot be set up. It must be one of: ${NEEDS.join(', ')}.`);
    return need;
  });
}
