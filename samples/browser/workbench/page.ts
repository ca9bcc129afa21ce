import { offerFormat, startCheckTab } from './check-tab.js';
import { chosenFormat, startFormatTab } from './format-tab.js';
import { startTabs } from './tabs.js';

startFormatTab(() => offerFormat(chosenFormat()));
startCheckTab(chosenFormat);
offerFormat(chosenFormat());
startTabs();
