import { Menu } from 'electron';
import { menuTemplate, type MenuOptions } from './menu-template.ts';

export function setupMenu(options: MenuOptions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, options)));
}
