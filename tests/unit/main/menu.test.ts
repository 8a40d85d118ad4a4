import type { MenuItemConstructorOptions } from 'electron';
import { expect, it, vi } from 'vitest';
import { menuTemplate } from '../../../src/main/window/menu-template.ts';
import { MenuCommand } from '../../../src/shared/ipc.ts';

const options = { send: vi.fn(), openLogFolder: vi.fn(), allowDevTools: false };

function flatten(items: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return items.flatMap((item) => [
    item,
    ...flatten(Array.isArray(item.submenu) ? item.submenu : []),
  ]);
}

it.each(['linux', 'win32', 'darwin'] as const)('offers every command once on %s', (platform) => {
  const items = flatten(menuTemplate(platform, options));
  const ids = items.map(({ id }) => id).filter((id) => MenuCommand.safeParse(id).success);
  expect(ids.sort()).toEqual([...MenuCommand.options].sort());
  const accelerators = items.flatMap(({ accelerator }) => accelerator ?? []);
  expect(new Set(accelerators).size).toBe(accelerators.length);
});

it('sends the command of the item that was chosen', () => {
  for (const item of flatten(menuTemplate('linux', options))) {
    if (!MenuCommand.safeParse(item.id).success) continue;
    options.send.mockClear();
    (item.click as () => void)();
    expect(options.send).toHaveBeenCalledExactlyOnceWith(item.id);
  }
});

it('has developer tools only where they are allowed', () => {
  const roles = (allowDevTools: boolean) =>
    flatten(menuTemplate('linux', { ...options, allowDevTools })).map(({ role }) => role);
  expect(roles(false)).not.toContain('toggleDevTools');
  expect(roles(true)).toContain('toggleDevTools');
});
