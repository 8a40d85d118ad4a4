import type { MenuItemConstructorOptions, WebContents } from 'electron';
import { strict } from '../unsupported.ts';
import { windowRegistry } from '../window-registry.ts';
import { ApiObject } from './api-object.ts';
import { roleAction, roleLabel } from './menu-roles.ts';

type Click = NonNullable<MenuItemConstructorOptions['click']>;

let lastCommandId = 0;

/** One line of a menu. `click()` does what a user's click would. */
export class MenuItemApi {
  readonly id: string | undefined;
  readonly type: NonNullable<MenuItemConstructorOptions['type']>;
  readonly role: MenuItemConstructorOptions['role'];
  readonly accelerator: string | undefined;
  readonly submenu: MenuApi | undefined;
  readonly commandId = ++lastCommandId;
  label: string;
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  menu: MenuApi | undefined;
  readonly click: (event?: object, window?: unknown, contents?: unknown) => void;

  constructor(options: MenuItemConstructorOptions) {
    const { submenu } = options;
    this.id = options.id;
    this.role = options.role;
    this.type = options.type ?? (submenu ? 'submenu' : 'normal');
    this.label = options.label ?? roleLabel(options.role);
    this.accelerator = options.accelerator;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.submenu = Array.isArray(submenu)
      ? MenuApi.buildFromTemplate(submenu)
      : (submenu as MenuApi | undefined);
    const onClick = options.click;
    this.click = (event = {}, window = windowRegistry.focused) => {
      if (!this.enabled) return;
      if (this.type === 'checkbox') this.checked = !this.checked;
      if (this.type === 'radio') {
        for (const item of this.menu?.items ?? []) if (item.type === 'radio') item.checked = false;
        this.checked = true;
      }
      const target = (window as Parameters<Click>[1]) ?? undefined;
      if (onClick) onClick(this as never, target, event);
      else roleAction(this.role, windowRegistry.focused);
    };
  }
}

export class MenuApi extends ApiObject {
  readonly items: MenuItemApi[] = [];

  constructor() {
    super('Menu');
  }

  static buildFromTemplate(template: (MenuItemConstructorOptions | MenuItemApi)[]): MenuApi {
    const menu = new MenuApi();
    for (const item of template)
      menu.append(item instanceof MenuItemApi ? item : new MenuItemApi(item));
    return menu;
  }

  static setApplicationMenu(menu: MenuApi | null): void {
    applicationMenu = menu;
  }

  static getApplicationMenu(): MenuApi | null {
    return applicationMenu;
  }

  append(item: MenuItemApi): void {
    this.insert(this.items.length, item);
  }

  insert(position: number, item: MenuItemApi): void {
    item.menu = this;
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): MenuItemApi | null {
    for (const item of this.items) {
      const found = item.id === id ? item : (item.submenu?.getMenuItemById(id) ?? null);
      if (found) return found;
    }
    return null;
  }

  popup(): void {
    this.emit('menu-will-show');
  }

  closePopup(): void {
    this.emit('menu-will-close');
  }
}

let applicationMenu: MenuApi | null = null;

/** `CmdOrCtrl+Shift+Q` and `Ctrl+Shift+Q` alike, in the order the page reports keys. */
function normalized(accelerator: string): string {
  const parts = accelerator.split('+').map((part) => part.trim().toLowerCase());
  const has = (...names: string[]) => names.some((name) => parts.includes(name));
  const command = process.platform === 'darwin' ? 'meta' : 'ctrl';
  const either = has('cmdorctrl', 'commandorcontrol') ? command : '';
  const modifiers = [
    (has('ctrl', 'control') || either === 'ctrl') && 'ctrl',
    has('alt', 'option') && 'alt',
    (has('meta', 'super', 'cmd', 'command') || either === 'meta') && 'meta',
    has('shift') && 'shift',
  ];
  return [...modifiers.filter(Boolean), parts.at(-1) || '+'].join('+');
}

function itemsOf(menu: MenuApi): MenuItemApi[] {
  return menu.items.flatMap((item) => [item, ...(item.submenu ? itemsOf(item.submenu) : [])]);
}

/** A key was pressed in a page, and the page left it to the menu. */
export function dispatchAccelerator(pressed: string, contents: WebContents): void {
  if (!applicationMenu) return;
  const wanted = normalized(pressed);
  const item = itemsOf(applicationMenu).find(
    ({ accelerator }) => accelerator !== undefined && normalized(accelerator) === wanted,
  );
  item?.click({ triggeredByAccelerator: true }, windowRegistry.windowOf(contents));
}

export const Menu = strict(MenuApi, 'Menu');
