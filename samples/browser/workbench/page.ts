import { startFormatTab } from './format-tab.js';

startFormatTab(() => {});
