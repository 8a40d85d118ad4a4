import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Chromium's content-setting values. */
const BLOCK = 2;

/**
 * What a fresh profile must not do: ask the user (the app's handlers decide), guess the next page
 * and connect to it, check words or sites with a service, offer to keep passwords.
 */
const PREFERENCES = {
  net: { network_prediction_options: 2 },
  search: { suggest_enabled: false },
  safebrowsing: { enabled: false, enhanced: false },
  signin: { allowed: false, allowed_on_next_startup: false },
  credentials_enable_service: false,
  translate: { enabled: false },
  alternate_error_pages: { enabled: false },
  browser: { enable_spellchecking: false, check_default_browser: false },
  spellcheck: { use_spelling_service: false },
  bookmark_bar: { show_on_all_tabs: false },
  profile: {
    exit_type: 'Normal',
    default_content_setting_values: {
      media_stream_camera: BLOCK,
      media_stream_mic: BLOCK,
      notifications: BLOCK,
      geolocation: BLOCK,
      midi_sysex: BLOCK,
      clipboard: BLOCK,
      window_placement: BLOCK,
      local_fonts: BLOCK,
      idle_detection: BLOCK,
      usb_guard: BLOCK,
      serial_guard: BLOCK,
      hid_guard: BLOCK,
      bluetooth_guard: BLOCK,
      file_system_write_guard: BLOCK,
    },
  },
};

type Json = { [key: string]: unknown };

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function merge(base: Json, over: Json): Json {
  const merged: Json = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = merged[key];
    merged[key] = isObject(value) && isObject(old) ? merge(old, value) : value;
  }
  return merged;
}

/** Of the whole profile folder: names are resolved by the system's resolver, nowhere else. */
const LOCAL_STATE = { dns_over_https: { mode: 'off', templates: '' } };

/** Sets our values in a file of Chromium's; what it stored beside them stays, but for `dropped`. */
function mergeInto(file: string, values: Json, dropped: readonly string[] = []): void {
  let stored: Json = {};
  if (existsSync(file)) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
      if (isObject(parsed)) stored = parsed;
    } catch {
      // Chromium itself starts afresh from a broken preferences file.
    }
  }
  for (const key of dropped) Reflect.deleteProperty(stored, key);
  writeFileSync(file, JSON.stringify(merge(stored, values)), { mode: 0o600 });
}

/** Makes the profile folder and sets our preferences in it. */
export function prepareProfile(folder: string): void {
  const defaultProfile = join(folder, 'Default');
  mkdirSync(defaultProfile, { recursive: true, mode: 0o700 });
  mergeInto(join(folder, 'Local State'), LOCAL_STATE);
  // With its extensions Chromium keeps the proxy that one of them has set; Electron keeps none.
  mergeInto(join(defaultProfile, 'Preferences'), PREFERENCES, ['extensions']);
}
