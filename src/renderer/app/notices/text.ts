export const NOTICES_TEXT = {
  dismiss: 'Dismiss this notice',
  region: 'Notices from Causeway',
} as const;
