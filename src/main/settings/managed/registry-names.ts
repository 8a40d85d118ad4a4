/** Under HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, where only Group Policy writes. */
export const REGISTRY_KEY = 'SOFTWARE\\Policies\\Causeway';
/** Below it: what IT suggests only. */
export const SUGGESTED_SUBKEY = 'Suggested';
