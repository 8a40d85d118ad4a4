import type { EndpointCheck, EndpointDiagnosis, EndpointRole } from '../../../shared/ipc.ts';
import type { Provenance } from '../../../shared/settings.ts';

export const SETTINGS_TEXT = {
  title: 'Settings',
  close: 'Close settings',
  search: 'Search settings',
  clearSearch: 'Clear the search',
  found: (count: number) => (count === 1 ? '1 setting found' : `${count} settings found`),
  nothingFound: (query: string) =>
    `No setting here is about “${query}”. What only your organization sets is on the policy page.`,
  sections: {
    connection: 'Connection',
    network: 'Network',
    you: 'You',
    devices: 'Camera and sound',
    app: 'This app',
  },
  leads: {
    connection: 'How calls leave this computer. Changes count from the next call on.',
    network: 'For companies whose network lets programs out through an HTTP proxy only.',
    devices: 'What you choose here is used at once, in a call too.',
  },
  policy: 'Policy',
  proxyHint:
    'One host per line, tried in order. With a proxy, calls go through it and nowhere else; empty means direct.',
  proxyPlaceholder: 'proxy.example.com',
  serverPlaceholder: 'https://meet.example.com',
  namePlaceholder: 'The name that others see',
  nameInCalls: (name: string) => `Others see “${name}”, as your organization wants it.`,
  forbiddenMode: 'Your organization does not allow this.',
  appearances: { system: 'As the system', light: 'Light', dark: 'Dark' },
  diagnostics: {
    errors: { name: 'Errors only', hint: 'Nothing but what went wrong.' },
    normal: { name: 'Normal', hint: 'Also what a call went through.' },
    detailed: { name: 'Detailed', hint: 'Also each step, which helps IT most.' },
  },
  httpProxyModes: {
    system: { name: 'As the system', hint: 'What this computer is set to, its PAC file included.' },
    none: { name: 'None', hint: 'Every connection goes out directly.' },
    manual: { name: 'By hand', hint: 'One proxy, which you enter here.' },
    pac: { name: 'PAC file', hint: 'A script at an address says which proxy to use.' },
  },
  httpProxyServer: 'Host and port',
  httpProxyServerPlaceholder: 'http-proxy.example.com:3128',
  httpProxyBypass: 'Reached without it',
  httpProxyBypassHint: 'One host or network per line, such as *.example.com. May be empty.',
  pacUrl: 'Address of the PAC file',
  pacUrlPlaceholder: 'http://wpad.example.com/proxy.pac',
  save: 'Save',
  saved: 'Saved.',
  savedInCall: 'Saved. Counts from the next call on.',
  unsaved: 'Not saved yet',
  problems: (count: number) =>
    count === 1
      ? 'One field needs a change before this can be saved.'
      : `${count} fields need a change before this can be saved.`,
  notStored: 'The settings could not be stored. Try again.',
  reset: 'Reset',
  resetLong: (label: string) => `Reset ${label} to the default`,
  locked: 'Your organization has set this. If you need something else here, ask IT.',
  lockedOnCommandLine: 'Set for this run, by a flag that Causeway was started with.',
  ownValueWaits: 'What you had set yourself is kept, and counts again when IT unlocks this.',
  discardTitle: 'What you changed is not saved.',
  discard: 'Close without saving',
  keepEditing: 'Go on editing',
} as const;

export const CHECK_TEXT = {
  check: 'Check',
  checkLong: (label: string) => `Check ${label}`,
  checking: 'Checking…',
  notDone: 'The check could not be made. Try again.',
  checkServerInstead:
    'With a Cloud Proxy, this computer never connects to the meeting server itself: check the Cloud Proxy instead.',
} as const;

/** Where a value comes from. */
export function sourceText({ source, locked }: Pick<Provenance, 'source' | 'locked'>): string {
  switch (source) {
    case 'managed':
      return locked ? 'Managed by your organization' : 'Suggested by your organization';
    case 'command-line':
      return 'Set on the command line';
    case 'user':
      return 'Set by you';
    case 'default':
      return 'Default';
  }
}

const ROLE_NAME: Record<EndpointRole, string> = {
  server: 'a Causeway meeting server',
  proxy: 'a Causeway Cloud Proxy',
};

/** What a check found, as a sentence, and whether that is what was wanted. */
export function checkSentence(
  host: string,
  wanted: EndpointRole,
  result: EndpointCheck,
): { isGood: boolean; text: string } {
  switch (result.kind) {
    case 'not-asked':
      return { isGood: false, text: result.problem };
    case 'stands':
      return result.role === wanted
        ? { isGood: true, text: `${host} answers: it is ${ROLE_NAME[wanted]}.` }
        : {
            isGood: false,
            text: `${host} answers, but it is ${ROLE_NAME[result.role]}, not ${ROLE_NAME[wanted].replace('a Causeway', 'a')}.`,
          };
    case 'silent':
      return { isGood: false, text: `${host} ${silenceText(wanted, result.diagnosis)}` };
  }
}

function silenceText(wanted: EndpointRole, diagnosis: EndpointDiagnosis): string {
  switch (diagnosis.kind) {
    case 'answers':
      return wanted === 'proxy'
        ? `answers (HTTP ${diagnosis.httpStatus}), but it is no Causeway Cloud Proxy.`
        : `answers (HTTP ${diagnosis.httpStatus}), but does not say that it is a meeting server. Try to join a meeting there.`;
    case 'name-not-resolved':
      return 'is not known by that name on this network. Check the spelling, or ask IT.';
    case 'refused':
      return 'refuses the connection: nothing runs at this port, or a firewall turns it away.';
    case 'unreachable':
      return 'cannot be reached: there is no way to it from this network.';
    case 'timeout':
      return 'does not answer. A firewall may be in the way, or it is not running.';
    case 'tls':
      return diagnosis.issuer === undefined
        ? 'answers, but its certificate is not trusted. Tell IT.'
        : `answers, but its certificate, issued by “${diagnosis.issuer}”, is not trusted. Tell IT.`;
    case 'http-proxy-auth':
      return `is behind ${httpProxyName(diagnosis)}, which asks for a user name and password. Join a meeting to sign in.`;
    case 'http-proxy-unreachable':
      return `cannot be reached: ${httpProxyName(diagnosis)} on the way does not answer. Check its address, or ask IT.`;
    case 'http-proxy-refused':
      return `cannot be reached: ${httpProxyName(diagnosis)} on the way refuses to connect to it. Ask IT to allow it.`;
    case 'http-proxy-pac':
      return 'cannot be reached: the PAC file that names the way to it cannot be fetched or run. Check its address, or ask IT.';
    case 'offline':
      return 'cannot be reached: this computer is offline.';
    case 'other':
      return `cannot be reached (${diagnosis.netError}). Ask IT.`;
  }
}

function httpProxyName({ proxy }: { proxy?: string | undefined }): string {
  return proxy === undefined ? 'an HTTP proxy' : `the HTTP proxy ${proxy}`;
}
