import { describe, expect, test } from 'vitest';
import { commandOf, shortcutText } from '../../../src/renderer/app/session/shortcuts.ts';

const NONE = {
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  repeat: false,
};

describe('keys', () => {
  test.each([
    { keys: { key: 'd', ctrlKey: true }, command: 'toggle-microphone' },
    { keys: { key: 'D', ctrlKey: true }, command: 'toggle-microphone' },
    { keys: { key: 'e', ctrlKey: true }, command: 'toggle-camera' },
    { keys: { key: 'C', ctrlKey: true, shiftKey: true }, command: 'copy-link' },
    { keys: { key: 'H', ctrlKey: true, shiftKey: true }, command: 'toggle-chat' },
    { keys: { key: 'L', ctrlKey: true, shiftKey: true }, command: 'leave-call' },
    { keys: { key: ',', ctrlKey: true }, command: 'open-settings' },
    { keys: { key: 'c', ctrlKey: true }, command: undefined },
    { keys: { key: 'd' }, command: undefined },
    { keys: { key: 'd', metaKey: true }, command: undefined },
    { keys: { key: 'd', ctrlKey: true, altKey: true }, command: undefined },
    { keys: { key: 'd', ctrlKey: true, repeat: true }, command: undefined },
  ])('$keys is $command', ({ keys, command }) => {
    expect(commandOf({ ...NONE, ...keys }, 'linux')).toBe(command);
  });

  test('on macOS it is Cmd, and Ctrl is left to the text fields', () => {
    expect(commandOf({ ...NONE, key: 'd', metaKey: true }, 'darwin')).toBe('toggle-microphone');
    expect(commandOf({ ...NONE, key: 'd', ctrlKey: true }, 'darwin')).toBeUndefined();
  });
});

test('keys are written as each system writes them', () => {
  expect(shortcutText('copy-link', 'linux')).toBe('Ctrl+Shift+C');
  expect(shortcutText('copy-link', 'darwin')).toBe('⇧⌘C');
});
